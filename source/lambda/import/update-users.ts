import { randomBytes } from 'node:crypto';
import { openedImport } from '../../domain/import/import-event.ts';
import { PASSWORD_BYTES, passwordFrom } from '../../domain/import/updates/password.ts';
import { updateUsers } from '../../domain/import/update-users.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { systemClock } from '../../adapters/clock.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../adapters/cognito/pool-writer.ts';
import { readEnv, requiredText } from '../../adapters/env.ts';
import { log } from '../../adapters/log.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';
import { IMPORT_ENVIRONMENT, importFunction } from './shared/import-function.ts';

const env = readEnv({ ...IMPORT_ENVIRONMENT, UPDATES_QUEUE_URL: requiredText() });
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const deps = {
  pool: userPoolReader({ pacer, userAgent }),
  writer: userPoolWriter({ pacer, userAgent }),
  updates: wakeQueue({ queueUrl: env.UPDATES_QUEUE_URL, userAgent }),
  newPassword: () => passwordFrom(randomBytes(PASSWORD_BYTES)),
};

/** Groups, memberships, flags and users created one by one; at the end the comparison and the report. */
export const handler = importFunction(env, pacer, openedImport, async ({ executionArn, options, restore }, parts) => {
  const result = await updateUsers(
    {
      newUserPoolId: options.newUserPoolId,
      restoreId: restore.restoreId,
      mayCreateUsers: restore.mayCreateUsers,
      recreateMissing: restore.recreateMissing ?? false,
      executionArn,
      bucket: env.STATE_BUCKET,
      ...(options.selectionId === undefined ? {} : { selectionId: options.selectionId }),
    },
    { ...deps, ...parts },
  );
  const counts = result.done ? ('counts' in result ? result.counts : result.selection) : {};
  log.info('Updates so far', result.done ? { done: true, outcome: result.outcome, ...counts } : { ...result });
  return result;
});
