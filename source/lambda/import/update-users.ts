import { randomBytes } from 'node:crypto';
import type { Context } from 'aws-lambda';
import { openedImport } from '../../domain/import/import-event.ts';
import { PASSWORD_BYTES, passwordFrom } from '../../domain/import/updates/password.ts';
import { updateUsers } from '../../domain/import/update-users.ts';
import type { UpdateUsersResult } from '../../domain/import/update-users.ts';
import { Pacer } from '../../domain/pacing/pacer.ts';
import { assertImportMayRun } from '../../domain/workflow/lease.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { permitted } from '../../adapters/cognito/permitted.ts';
import { userPoolReader } from '../../adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../adapters/cognito/pool-writer.ts';
import { int, readEnv, requiredText } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { objectStore } from '../../adapters/object-store.ts';
import { wakeQueue } from '../../adapters/wake-queue.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  COGNITO_TPS: int(1, 25),
  UPDATES_QUEUE_URL: requiredText(),
  USER_AGENT: requiredText(),
});
const userAgent = env.USER_AGENT;
const pacer = new Pacer({ callsPerSecond: env.COGNITO_TPS, clock: systemClock });
const leases = backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent });
const deps = {
  objects: objectStore({ bucket: env.STATE_BUCKET, userAgent }),
  pool: userPoolReader({ pacer, userAgent }),
  writer: userPoolWriter({ pacer, userAgent }),
  updates: wakeQueue({ queueUrl: env.UPDATES_QUEUE_URL, userAgent }),
  newPassword: () => passwordFrom(randomBytes(PASSWORD_BYTES)),
};

/** Groups, memberships, flags and users created one by one; at the end the comparison and the report. */
export const handler = guarded(async (event: unknown, context: Context): Promise<UpdateUsersResult> => {
  const invocation = invocationOf(context);
  const { executionArn, options, restore } = openedImport(event);
  const assertLease = (): Promise<void> => assertImportMayRun(leases, executionArn);
  await assertLease();
  const result = await permitted(
    pacer,
    {
      ...invocation,
      workflow: 'ImportWorkflow',
      executionArn,
      callsPerSecond: options.cognitoTps ?? env.COGNITO_TPS,
      objects: deps.objects,
      assertLease,
    },
    () =>
      updateUsers(
        {
          newUserPoolId: options.newUserPoolId,
          restoreId: restore.restoreId,
          mayCreateUsers: restore.mayCreateUsers,
          recreateMissing: restore.recreateMissing ?? false,
          executionArn,
          bucket: env.STATE_BUCKET,
        },
        { ...deps, ...invocation },
      ),
  );
  log.info('Updates so far', result.done ? { done: true, outcome: result.outcome, ...result.counts } : { ...result });
  return result;
});
