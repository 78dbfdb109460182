import { parseRunEvent } from '../../domain/export/export-event.ts';
import { keepSettings } from '../../domain/export/keep-settings.ts';
import { settingsReader } from '../../adapters/cognito/settings-reader.ts';
import { readEnv } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { callingFunction, LISTING_ENVIRONMENT } from './shared/listing-function.ts';

/** Keeps the pool's configuration in the table. */
export const handler = callingFunction(
  readEnv(LISTING_ENVIRONMENT),
  (options) => ({ settings: settingsReader(options) }),
  parseRunEvent,
  async ({ runId }, parts) => {
    const result = await keepSettings(parts, runId);
    log.info('Settings read so far', { runId, ...result });
    return result;
  },
);
