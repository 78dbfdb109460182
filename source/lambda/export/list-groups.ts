import { parseRunEvent } from '../../domain/export/export-event.ts';
import { listGroups } from '../../domain/export/list-groups.ts';
import { readEnv } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { LISTING_ENVIRONMENT, listingFunction } from './shared/listing-function.ts';

/** Stores the list of the pool's groups. */
export const handler = listingFunction(readEnv(LISTING_ENVIRONMENT), parseRunEvent, async ({ runId }, parts) => {
  const result = await listGroups(parts, runId);
  log.info('Groups listed so far', { runId, ...result });
  return result;
});
