import type { Context } from 'aws-lambda';
import { openRun } from '../../domain/export/open-run.ts';
import { parseExportEvent } from '../../domain/export/export-event.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertExportMayRun } from '../../domain/workflow/lease.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { random, systemClock } from '../../adapters/clock.ts';
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
  PRIMARY_USER_POOL_ID: text(),
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

/** Second state of ExportWorkflow: checks the pool and begins or resumes a run. */
export const handler = guarded(
  async (event: unknown, context: Context): Promise<{ readonly runId: string; readonly resumed: boolean }> => {
    const invocation = invocationOf(context);
    const { executionArn } = parseExportEvent(event);
    await assertExportMayRun(lease, executionArn, [env.PRIMARY_REGION, env.SECONDARY_REGION]);
    pacer.restart();
    const run = await openRun({ pool, table, objects, random, clock: invocation.clock }, env.PRIMARY_USER_POOL_ID);
    log.info(run.resumed ? 'Run resumed' : 'Run begun', { runId: run.runId });
    return run;
  },
);
