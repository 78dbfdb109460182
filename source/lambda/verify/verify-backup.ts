import type { VerifyBackupResult } from '../../domain/verify/backup/state.ts';
import { verifyBackup } from '../../domain/verify/backup/verify-backup.ts';
import { parseLookEvent } from '../../domain/verify/verify-event.ts';
import { assertVerifyMayRun, regionOf } from '../../domain/workflow/lease.ts';
import { tellingProgress } from '../../domain/workflow/progress.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { int, readEnv, requiredText } from '../../adapters/env.ts';
import { guarded } from '../../adapters/guarded.ts';
import { invocationOf } from '../../adapters/invocation.ts';
import { log } from '../../adapters/log.ts';
import { objectStore } from '../../adapters/object-store.ts';
import { toldInvocation } from '../../adapters/told-invocation.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  STATE_BUCKET: requiredText(),
  PRIMARY_REGION: requiredText(),
  SNAPSHOT_RETENTION_DAYS: int(0, 3650),
  USER_AGENT: requiredText(),
});
const tableName = env.BACKUP_TABLE_NAME;
const userAgent = env.USER_AGENT;
const table = backupTable({ tableName, userAgent });
const objects = objectStore({ bucket: env.STATE_BUCKET, userAgent });
const primary = backupTable({ tableName, userAgent, region: env.PRIMARY_REGION, impatient: true });

/** Holds this Region's table and its newest snapshot against the manifest that was sealed last. */
export const handler = guarded(async (event: unknown, context): Promise<VerifyBackupResult> => {
  const invocation = invocationOf(context);
  const { executionArn, options, waitedAfter } = parseLookEvent(event);
  await assertVerifyMayRun(table, executionArn);
  const region = regionOf(executionArn);
  const about = { tableName, region, primaryRegion: env.PRIMARY_REGION, retentionDays: env.SNAPSHOT_RETENTION_DAYS };
  const result = await tellingProgress(
    { ...invocation, objects },
    toldInvocation({ workflow: 'VerifyWorkflow', executionArn, event, pacer: undefined }),
    (tell) =>
      verifyBackup(
        { executionArn, options, waitedAfter, ...about },
        { ...invocation, table, objects, tell, ...(region === env.PRIMARY_REGION ? {} : { primary }) },
      ),
  );
  log.info('Verified so far', { ...result });
  return result;
});
