import type { Context } from 'aws-lambda';
import { FREQUENCY_HOURS } from '../../domain/backup/freshness.ts';
import type { ExportFrequency } from '../../domain/backup/freshness.ts';
import type { WatchState } from '../../domain/watch/state.ts';
import { watchBackup } from '../../domain/watch/watch-backup.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { int, oneOf, optionalText, readEnv, requiredText } from '../../adapters/env.ts';
import { exportStarts } from '../../adapters/export-starts.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { metrics } from '../../adapters/metrics.ts';
import { objectStore } from '../../adapters/object-store.ts';

const env = readEnv({
  AWS_REGION: requiredText(),
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  SECONDARY_REGION: requiredText(),
  EXPORT_FREQUENCY: oneOf(...(Object.keys(FREQUENCY_HOURS) as ExportFrequency[])),
  SNAPSHOT_RETENTION_DAYS: int(0, 3650),
  MAIN_STACK_NAME: requiredText(),
  EXPORT_SCHEDULE_NAME: optionalText(),
  EXPORT_WORKFLOW_ARN: optionalText(),
  USER_AGENT: requiredText(),
});
const userAgent = env.USER_AGENT;
const deps = {
  table: backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent }),
  objects: objectStore({ bucket: env.STATE_BUCKET, userAgent }),
  measure: metrics(env.MAIN_STACK_NAME),
  ...(env.EXPORT_SCHEDULE_NAME === undefined || env.EXPORT_WORKFLOW_ARN === undefined
    ? {}
    : {
        lookAtExports: exportStarts({
          rule: env.EXPORT_SCHEDULE_NAME,
          stateMachineArn: env.EXPORT_WORKFLOW_ARN,
          userAgent,
        }),
      }),
};

/** Looks every hour how old this Region's backup is; the alarms judge what it emits. */
export const handler = guarded(async (_event: unknown, context: Context): Promise<WatchState> => {
  const state = await watchBackup(
    { ...invocationOf(context), ...deps },
    {
      tableName: env.BACKUP_TABLE_NAME,
      frequency: env.EXPORT_FREQUENCY,
      retentionDays: env.SNAPSHOT_RETENTION_DAYS,
      verifies: env.AWS_REGION === env.SECONDARY_REGION,
    },
  );
  log.info('Looked at the backup', { ...state });
  return state;
});
