import { parseRunEvent } from '../../domain/export/export-event.ts';
import { syncUsersInGroup } from '../../domain/export/sync-users-in-group.ts';
import { readEnv } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { LISTING_ENVIRONMENT, listingFunction } from './shared/listing-function.ts';

/** Lists the members of the groups slice by slice and stages the memberships that are new. */
export const handler = listingFunction(readEnv(LISTING_ENVIRONMENT), parseRunEvent, async ({ runId }, parts) => {
  const result = await syncUsersInGroup(parts, runId);
  log.info('Memberships synced so far', { runId, ...result });
  return result;
});
