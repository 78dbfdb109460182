import { checkNewUserPool } from '../../domain/import/check-new-user-pool.ts';
import { startedImport } from '../../domain/import/import-event.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { regionOf } from '../../domain/workflow/lease.ts';
import { random, systemClock } from '../../adapters/clock.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { readEnv, requiredText } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { IMPORT_ENVIRONMENT, importFunction } from './shared/import-function.ts';

const env = readEnv({ ...IMPORT_ENVIRONMENT, PRIMARY_USER_POOL_ID: requiredText() });
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const pools = userPoolReader({ pacer, userAgent: env.USER_AGENT });

/** Checks the pool to restore into, and opens the restore or finds the one in force. */
export const handler = importFunction(env, pacer, startedImport, async ({ executionArn, options }, parts) => {
  const { tableName, table } = parts.tableNamed(options);
  const opened = await checkNewUserPool(
    {
      options,
      region: regionOf(executionArn),
      primaryUserPoolId: env.PRIMARY_USER_POOL_ID,
      tableName,
      inDrill: parts.inDrill,
    },
    { ...parts, pools, table, random },
  );
  log.info('New user pool checked', { ...opened });
  return opened;
});
