import { openedImport } from '../../domain/import/import-event.ts';
import { importUsers } from '../../domain/import/import-users.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { regionOf } from '../../domain/workflow/lease.ts';
import { importJobEnded } from '../../domain/workflow/anonymous-metrics.ts';
import { systemClock } from '../../adapters/clock.ts';
import { importJobs } from '../../adapters/cognito/import-jobs.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { optionalText, readEnv, requiredText, yesNo } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { anonymousMetrics } from '../../adapters/anonymous-metrics.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';
import { IMPORT_ENVIRONMENT, importFunction } from './shared/import-function.ts';

const env = readEnv({
  ...IMPORT_ENVIRONMENT,
  NEW_USERS_QUEUE_URL: requiredText(),
  UPDATES_QUEUE_URL: requiredText(),
  IMPORT_JOB_LOG_ROLE_ARN: requiredText(),
  SEND_ANONYMOUS_DATA: yesNo(),
  METRICS_ENDPOINT: optionalText(),
  SOLUTION_ID: requiredText(),
  SOLUTION_UUID: requiredText(),
  SOLUTION_VERSION: requiredText(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const deps = {
  jobs: importJobs({ pacer, userAgent, logRoleArn: env.IMPORT_JOB_LOG_ROLE_ARN }),
  pool: userPoolReader({ pacer, userAgent }),
  newUsers: wakeQueue({ queueUrl: env.NEW_USERS_QUEUE_URL, userAgent }),
  updates: wakeQueue({ queueUrl: env.UPDATES_QUEUE_URL, userAgent }),
};
const sendAnonymous = anonymousMetrics({
  enabled: env.SEND_ANONYMOUS_DATA,
  endpoint: env.METRICS_ENDPOINT,
  solutionId: env.SOLUTION_ID,
  solutionVersion: env.SOLUTION_VERSION,
  uuid: env.SOLUTION_UUID,
  clock: systemClock,
  log,
});

/** Takes the import jobs of the restore one step on. */
export const handler = importFunction(env, pacer, openedImport, async ({ executionArn, options, restore }, parts) => {
  const result = await importUsers(
    { newUserPoolId: options.newUserPoolId, restoreId: restore.restoreId },
    { ...deps, ...parts, jobEnded: (job) => sendAnonymous(importJobEnded(job, regionOf(executionArn))) },
  );
  log.info('Import jobs so far', { ...result });
  return result;
});
