import type { Context } from 'aws-lambda';
import { syncGroups, type SyncGroupsResult } from '../../domain/export/sync-groups.ts';
import { parseRunEvent } from '../../domain/export/export-event.ts';
import { assertExportMayRun } from '../../domain/workflow/lease.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { readEnv, text } from '../../adapters/env.ts';
import { executionStatus } from '../../adapters/executions.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { objectStore } from '../../adapters/object-store.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: text(),
  STATE_BUCKET: text(),
  PRIMARY_REGION: text(),
  SECONDARY_REGION: text(),
  USER_AGENT: text(),
});
const table = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent: env.USER_AGENT });
const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent: env.USER_AGENT });
const lease = { table, executionStatus: executionStatus({ userAgent: env.USER_AGENT }) };

/** Writes the groups that changed. */
export const handler = guarded(async (event: unknown, context: Context): Promise<SyncGroupsResult> => {
  const invocation = invocationOf(context);
  const { executionArn, runId } = parseRunEvent(event);
  await assertExportMayRun(lease, executionArn, [env.PRIMARY_REGION, env.SECONDARY_REGION]);
  const result = await syncGroups({ ...invocation, table, objects }, runId);
  log.info('Groups synced so far', { runId, ...result });
  return result;
});
