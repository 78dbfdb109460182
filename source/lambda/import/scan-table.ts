import { randomUUID } from 'node:crypto';
import { openedImport } from '../../domain/import/import-event.ts';
import { FEDERATED_MODES } from '../../domain/import/plan/identity-plan.ts';
import { scanTable } from '../../domain/import/scan-table.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { systemClock } from '../../adapters/clock.ts';
import { csvHeaderReader } from '../../adapters/cognito/csv-header.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { names, oneOf, readEnv, requiredText } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';
import { IMPORT_ENVIRONMENT, importFunction } from './shared/import-function.ts';

const env = readEnv({
  ...IMPORT_ENVIRONMENT,
  NEW_USERS_QUEUE_URL: requiredText(),
  UPDATES_QUEUE_URL: requiredText(),
  FEDERATED_USERS: oneOf(...FEDERATED_MODES),
  GROUP_ROLES: oneOf('REPORT', 'MAP'),
  GROUP_ROLE_ARNS: names(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const deps = {
  pools: userPoolReader({ pacer, userAgent }),
  jobs: csvHeaderReader({ pacer, userAgent }),
  newUsers: wakeQueue({ queueUrl: env.NEW_USERS_QUEUE_URL, userAgent }),
  updates: wakeQueue({ queueUrl: env.UPDATES_QUEUE_URL, userAgent }),
  newSecret: () => randomUUID(),
  federatedUsers: env.FEDERATED_USERS,
};

/** Reads the backup, checks it against its manifest and the new pool, and plans the restore. */
export const handler = importFunction(env, pacer, openedImport, async ({ options, restore }, parts) => {
  const { tableName, table } = parts.tableNamed(options);
  const groupRoles = { mode: env.GROUP_ROLES, allowed: env.GROUP_ROLE_ARNS };
  const { inDrill } = parts;
  const result = await scanTable({ ...restore, options, tableName, groupRoles, inDrill }, { ...deps, ...parts, table });
  log.info(result.done ? 'Restore planned' : 'Planning goes on in the next invocation', { ...result });
  return result;
});
