import { parseRunEvent } from '../../domain/export/export-event.ts';
import { syncGroup } from '../../domain/export/sync-group.ts';
import { readEnv } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { EXPORT_ENVIRONMENT, exportFunction } from './shared/export-function.ts';

/** Stages the groups that changed. */
export const handler = exportFunction(readEnv(EXPORT_ENVIRONMENT), parseRunEvent, async ({ runId }, parts) => {
  const result = await syncGroup(parts, runId);
  log.info('Groups synced so far', { runId, ...result });
  return result;
});
