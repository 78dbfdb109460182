import type { Context } from 'aws-lambda';
import { startedImport } from '../../domain/import/import-event.ts';
import { checkNewUserPool } from '../../domain/import/check-new-user-pool.ts';
import type { OpenedRestore } from '../../domain/import/check-new-user-pool.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertImportMayRun, regionOf } from '../../domain/workflow/lease.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { random, systemClock } from '../../adapters/clock.ts';
import { permitted } from '../../adapters/cognito/permitted.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { int, readEnv, requiredText } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { objectStore } from '../../adapters/object-store.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  PRIMARY_USER_POOL_ID: requiredText(),
  COGNITO_TPS: int(1, 25),
  USER_AGENT: requiredText(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const pools = userPoolReader({ pacer, userAgent });
const leases = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent });
const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent });

/** Checks the pool to restore into, and opens the restore or finds the one in force. */
export const handler = guarded(async (event: unknown, context: Context): Promise<OpenedRestore> => {
  const invocation = invocationOf(context);
  const { executionArn, options } = startedImport(event);
  const assertLease = (): Promise<void> => assertImportMayRun(leases, executionArn);
  await assertLease();
  const tableName = options.backupTableName ?? env.BACKUP_TABLE_NAME;
  const table = tableName === env.BACKUP_TABLE_NAME ? leases : backupTable({ tableName, userAgent });
  const input = { options, region: regionOf(executionArn), primaryUserPoolId: env.PRIMARY_USER_POOL_ID, tableName };
  const opened = await permitted(
    pacer,
    {
      ...invocation,
      workflow: 'ImportWorkflow',
      executionArn,
      callsPerSecond: options.cognitoTps ?? env.COGNITO_TPS,
      objects,
      assertLease,
    },
    () => checkNewUserPool(input, { pools, table, objects, clock: systemClock, random, log }),
  );
  log.info('New user pool checked', { ...opened });
  return opened;
});
