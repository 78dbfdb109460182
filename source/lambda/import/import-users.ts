import type { Context } from 'aws-lambda';
import { openedImport } from '../../domain/import/import-event.ts';
import { importUsers } from '../../domain/import/import-users.ts';
import type { ImportUsersResult } from '../../domain/import/import-users.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertImportMayRun, regionOf } from '../../domain/workflow/lease.ts';
import { importJobEnded } from '../../domain/workflow/metrics.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { importJobs } from '../../adapters/cognito/import-jobs.ts';
import { permitted } from '../../adapters/cognito/permitted.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { int, optionalText, readEnv, requiredText, yesNo } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { metrics } from '../../adapters/metrics.ts';
import { objectStore } from '../../adapters/object-store.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  COGNITO_TPS: int(1, 25),
  NEW_USERS_QUEUE_URL: requiredText(),
  UPDATES_QUEUE_URL: requiredText(),
  IMPORT_JOB_LOG_ROLE_ARN: requiredText(),
  SEND_ANONYMOUS_DATA: yesNo(),
  METRICS_ENDPOINT: optionalText(),
  SOLUTION_ID: requiredText(),
  SOLUTION_UUID: requiredText(),
  SOLUTION_VERSION: requiredText(),
  USER_AGENT: requiredText(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const leases = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent });
const deps = {
  objects: objectStore({ bucket: env.STATE_BUCKET, userAgent }),
  jobs: importJobs({ pacer, userAgent, logRoleArn: env.IMPORT_JOB_LOG_ROLE_ARN }),
  pool: userPoolReader({ pacer, userAgent }),
  newUsers: wakeQueue({ queueUrl: env.NEW_USERS_QUEUE_URL, userAgent }),
  updates: wakeQueue({ queueUrl: env.UPDATES_QUEUE_URL, userAgent }),
};
const sendMetrics = metrics({
  enabled: env.SEND_ANONYMOUS_DATA,
  endpoint: env.METRICS_ENDPOINT,
  solutionId: env.SOLUTION_ID,
  solutionVersion: env.SOLUTION_VERSION,
  uuid: env.SOLUTION_UUID,
  clock: systemClock,
  log,
});

/** Takes the import jobs of the restore one step on. */
export const handler = guarded(async (event: unknown, context: Context): Promise<ImportUsersResult> => {
  const invocation = invocationOf(context);
  const { executionArn, options, restore } = openedImport(event);
  const assertLease = (): Promise<void> => assertImportMayRun(leases, executionArn);
  await assertLease();
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
    () =>
      importUsers(
        { newUserPoolId: options.newUserPoolId, restoreId: restore.restoreId },
        { ...deps, ...invocation, jobEnded: (job) => sendMetrics(importJobEnded(job, regionOf(executionArn))) },
      ),
  );
  log.info('Import jobs so far', { ...result });
  return result;
});
