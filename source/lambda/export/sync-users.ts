import { parseRunEvent } from '../../domain/export/export-event.ts';
import { syncUsers } from '../../domain/export/sync-users.ts';
import { readEnv } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { LISTING_ENVIRONMENT, listingFunction } from './shared/listing-function.ts';

const env = readEnv(LISTING_ENVIRONMENT);

/** Lists the pool slice by slice and stages the users that changed. */
export const handler = listingFunction(env, parseRunEvent, async ({ runId }, parts) => {
  const result = await syncUsers(parts, { runId, callsPerSecond: env.COGNITO_TPS });
  log.info('Users synced so far', { runId, ...result });
  return result;
});
