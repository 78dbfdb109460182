import type { Context } from 'aws-lambda';
import { syncUsers, type SyncUsersResult } from '../../domain/export/sync-users.ts';
import { parseRunEvent } from '../../domain/export/export-event.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertExportMayRun } from '../../domain/workflow/lease.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { int, readEnv, text } from '../../adapters/env.ts';
import { executionStatus } from '../../adapters/executions.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { objectStore } from '../../adapters/object-store.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: text(),
  STATE_BUCKET: text(),
  COGNITO_TPS: int(1, 25),
  PRIMARY_REGION: text(),
  SECONDARY_REGION: text(),
  USER_AGENT: text(),
});
const table = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent: env.USER_AGENT });
const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent: env.USER_AGENT });
const lease = { table, executionStatus: executionStatus({ userAgent: env.USER_AGENT }) };
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const pool = userPoolReader({ userAgent: env.USER_AGENT, pacer });

/** Lists the pool slice by slice and writes the users that changed. */
export const handler = guarded(async (event: unknown, context: Context): Promise<SyncUsersResult> => {
  const invocation = invocationOf(context);
  const { executionArn, runId } = parseRunEvent(event);
  await assertExportMayRun(lease, executionArn, [env.PRIMARY_REGION, env.SECONDARY_REGION]);
  pacer.restart();
  const result = await syncUsers({ ...invocation, pool, table, objects }, { runId, callsPerSecond: env.COGNITO_TPS });
  log.info('Users synced so far', { runId, ...result });
  return result;
});
