import type { Context } from 'aws-lambda';
import { openedImport } from '../../domain/import/import-event.ts';
import { scanTable } from '../../domain/import/scan-table.ts';
import type { ScanTableResult } from '../../domain/import/scan-table.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertImportMayRun } from '../../domain/workflow/lease.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { csvHeaderReader } from '../../adapters/cognito/csv-header.ts';
import { permitted } from '../../adapters/cognito/permitted.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { int, readEnv, requiredText } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { objectStore } from '../../adapters/object-store.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  COGNITO_TPS: int(1, 25),
  NEW_USERS_QUEUE_URL: requiredText(),
  UPDATES_QUEUE_URL: requiredText(),
  USER_AGENT: requiredText(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const leases = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent });
const deps = {
  pools: userPoolReader({ pacer, userAgent }),
  jobs: csvHeaderReader({ pacer, userAgent }),
  objects: objectStore({ bucket: env.STATE_BUCKET, userAgent }),
  newUsers: wakeQueue({ queueUrl: env.NEW_USERS_QUEUE_URL, userAgent }),
  updates: wakeQueue({ queueUrl: env.UPDATES_QUEUE_URL, userAgent }),
};

/** Reads the backup, checks it against its manifest and the new pool, and plans the restore. */
export const handler = guarded(async (event: unknown, context: Context): Promise<ScanTableResult> => {
  const invocation = invocationOf(context);
  const { executionArn, options, restore } = openedImport(event);
  const assertLease = (): Promise<void> => assertImportMayRun(leases, executionArn);
  await assertLease();
  const tableName = options.backupTableName ?? env.BACKUP_TABLE_NAME;
  const table = tableName === env.BACKUP_TABLE_NAME ? leases : backupTable({ tableName, userAgent });
  const result = await permitted(
    pacer,
    {
      ...invocation,
      workflow: 'ImportWorkflow',
      executionArn,
      callsPerSecond: options.cognitoTps ?? env.COGNITO_TPS,
      objects: deps.objects,
      assertLease,
    },
    () => scanTable({ ...restore, options, tableName }, { ...deps, ...invocation, table }),
  );
  log.info(result.done ? 'Restore planned' : 'Planning goes on in the next invocation', { ...result });
  return result;
});
