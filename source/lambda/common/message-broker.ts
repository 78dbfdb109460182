import type { Context } from 'aws-lambda';
import { notify } from '../../domain/workflow/notices/notify.ts';
import type { Told } from '../../domain/workflow/notices/notify.ts';
import { systemClock } from '../../adapters/clock.ts';
import { oneOf, optionalText, readEnv, requiredText, yesNo } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { log, logger } from '../../adapters/log.ts';
import { anonymousMetrics } from '../../adapters/anonymous-metrics.ts';
import { metrics } from '../../adapters/metrics.ts';
import { objectStore } from '../../adapters/object-store.ts';
import { topic } from '../../adapters/topic.ts';

const env = readEnv({
  TOPIC_ARN: requiredText(),
  SNS_PREFERENCE: oneOf('INFO_AND_ERRORS', 'ERRORS_ONLY'),
  STATE_BUCKET: requiredText(),
  PRIMARY_REGION: requiredText(),
  PRIMARY_USER_POOL_ID: requiredText(),
  BACKUP_TABLE_NAME: requiredText(),
  EXPORT_WORKFLOW_ARN: requiredText(),
  MAIN_STACK_NAME: requiredText(),
  SEND_ANONYMOUS_DATA: yesNo(),
  METRICS_ENDPOINT: optionalText(),
  SOLUTION_ID: requiredText(),
  SOLUTION_UUID: requiredText(),
  SOLUTION_VERSION: requiredText(),
  USER_AGENT: requiredText(),
});
const deps = {
  publish: topic({ topicArn: env.TOPIC_ARN, userAgent: env.USER_AGENT }),
  objects: objectStore({ bucket: env.STATE_BUCKET, userAgent: env.USER_AGENT }),
  sendAnonymous: anonymousMetrics({
    enabled: env.SEND_ANONYMOUS_DATA,
    endpoint: env.METRICS_ENDPOINT,
    solutionId: env.SOLUTION_ID,
    solutionVersion: env.SOLUTION_VERSION,
    uuid: env.SOLUTION_UUID,
    clock: systemClock,
    log,
  }),
  measure: metrics(env.MAIN_STACK_NAME),
  clock: systemClock,
  log,
};

/** Publishes what the workflows, the launch, the alarms and EventBridge have to tell; the only function that writes to the topic. */
export const handler = guarded(async (event: unknown, context: Context): Promise<Told> => {
  logger.addContext(context);
  return notify(event, deps, {
    preference: env.SNS_PREFERENCE,
    primaryRegion: env.PRIMARY_REGION,
    userPoolId: env.PRIMARY_USER_POOL_ID,
    tableName: env.BACKUP_TABLE_NAME,
    exportWorkflowArn: env.EXPORT_WORKFLOW_ARN,
  });
});
