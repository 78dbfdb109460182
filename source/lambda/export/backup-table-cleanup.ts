import type { Context } from 'aws-lambda';
import { cleanUpTable, type CleanUpResult } from '../../domain/export/clean-up/clean-up.ts';
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
import { wakeQueue } from '../../adapters/wake-queue.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: text(),
  STATE_BUCKET: text(),
  COGNITO_TPS: int(1, 25),
  EXPORT_QUEUE_URL: text(),
  MAX_DELETE_PERCENT: int(0, 100),
  SNAPSHOT_RETENTION_DAYS: int(0, 3650),
  SOLUTION_VERSION: text(),
  PRIMARY_REGION: text(),
  SECONDARY_REGION: text(),
  USER_AGENT: text(),
});
const table = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent: env.USER_AGENT });
const replica = backupTable({
  tableName: env.BACKUP_TABLE_NAME,
  region: env.SECONDARY_REGION,
  impatient: true,
  userAgent: env.USER_AGENT,
});
const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent: env.USER_AGENT });
const lease = { table, executionStatus: executionStatus({ userAgent: env.USER_AGENT }) };
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const pool = userPoolReader({ userAgent: env.USER_AGENT, pacer });
const queue = wakeQueue({ queueUrl: env.EXPORT_QUEUE_URL, userAgent: env.USER_AGENT });

/** Deletes what the complete listing did not show, within the guard's limits, and seals the run. */
export const handler = guarded(async (event: unknown, context: Context): Promise<CleanUpResult> => {
  const invocation = invocationOf(context);
  const { executionArn, allowMassDelete, runId } = parseRunEvent(event);
  await assertExportMayRun(lease, executionArn, [env.PRIMARY_REGION, env.SECONDARY_REGION]);
  pacer.restart();
  const result = await cleanUpTable(
    { ...invocation, pool, table, replica, objects, queue },
    {
      runId,
      allowMassDelete,
      maxDeletePercent: env.MAX_DELETE_PERCENT,
      softwareVersion: env.SOLUTION_VERSION,
      keepSnapshot: env.SNAPSHOT_RETENTION_DAYS > 0,
      replicaRegion: env.SECONDARY_REGION,
    },
  );
  log.info('Clean-up so far', { runId, done: result.done, phase: result.phase });
  return result;
});
