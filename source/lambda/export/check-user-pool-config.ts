import { parseExportEvent } from '../../domain/export/export-event.ts';
import { checkUserPoolConfig } from '../../domain/export/check-user-pool-config.ts';
import { random } from '../../adapters/clock.ts';
import { readEnv, requiredText, yesNo } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { LISTING_ENVIRONMENT, listingFunction } from './shared/listing-function.ts';

const env = readEnv({
  ...LISTING_ENVIRONMENT,
  PRIMARY_USER_POOL_ID: requiredText(),
  ALLOW_MFA: yesNo(),
  ALLOW_MULTIPLE_USERNAME_ATTRIBUTES: yesNo(),
});

/** Second state of ExportWorkflow: checks the pool and begins or resumes a run. */
export const handler = listingFunction(env, parseExportEvent, async (event, parts) => {
  const source = {
    userPoolId: env.PRIMARY_USER_POOL_ID,
    allowMfa: env.ALLOW_MFA,
    allowMultipleUsernameAttributes: env.ALLOW_MULTIPLE_USERNAME_ATTRIBUTES,
  };
  const run = await checkUserPoolConfig({ ...parts, random }, source, event);
  log.info(run.completing ? 'Open plan found' : run.resumed ? 'Run resumed' : 'Run begun', { runId: run.runId });
  return run;
});
