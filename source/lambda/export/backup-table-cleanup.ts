import { cleanUpTable } from '../../domain/export/clean-up/clean-up.ts';
import { parseRunEvent } from '../../domain/export/export-event.ts';
import { selectedSince } from '../../domain/workflow/paused-export.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { int, names, readEnv, requiredText } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';
import { LISTING_ENVIRONMENT, listingFunction } from './shared/listing-function.ts';

const env = readEnv({
  ...LISTING_ENVIRONMENT,
  EXPORT_QUEUE_URL: requiredText(),
  MAX_DELETE_PERCENT: int(0, 100),
  MAX_CHANGE_PERCENT: int(0, 100),
  UNCOUNTED_ATTRIBUTES: names(),
  SNAPSHOT_RETENTION_DAYS: int(0, 3650),
  SOLUTION_VERSION: requiredText(),
});
const replica = backupTable({
  tableName: env.BACKUP_TABLE_NAME,
  region: env.SECONDARY_REGION,
  impatient: true,
  userAgent: env.USER_AGENT,
});
const regions = [env.PRIMARY_REGION, env.SECONDARY_REGION];
const queue = wakeQueue({ queueUrl: env.EXPORT_QUEUE_URL, userAgent: env.USER_AGENT });

/** Applies what the complete listing showed to have changed, within the guards' limits, and seals the run. */
export const handler = listingFunction(
  env,
  parseRunEvent,
  async ({ runId, allowMassDelete, allowMassChange }, parts) => {
    const result = await cleanUpTable(
      {
        ...parts,
        replica,
        queue,
        selectedSince: (since, poolId) => selectedSince({ table: parts.table, regions }, since, poolId),
      },
      {
        runId,
        allowMassDelete,
        allowMassChange,
        maxDeletePercent: env.MAX_DELETE_PERCENT,
        maxChangePercent: env.MAX_CHANGE_PERCENT,
        uncountedAttributes: env.UNCOUNTED_ATTRIBUTES,
        softwareVersion: env.SOLUTION_VERSION,
        keepSnapshot: env.SNAPSHOT_RETENTION_DAYS > 0,
        replicaRegion: env.SECONDARY_REGION,
      },
    );
    log.info('Clean-up so far', { runId, done: result.done, phase: result.phase });
    return result;
  },
);
