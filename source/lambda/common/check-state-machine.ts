import type { Context } from 'aws-lambda';
import { checkStateMachine } from '../../domain/workflow/check-state-machine.ts';
import type { WorkflowState } from '../../domain/workflow/check-state-machine.ts';
import { backupTable } from '../../adapters/backup-table.ts';
import { systemClock } from '../../adapters/clock.ts';
import { optionalText, readEnv, requiredText } from '../../adapters/env.ts';
import { executionStatus } from '../../adapters/executions.ts';
import { guarded } from '../../adapters/guarded.ts';
import { log, logger } from '../../adapters/log.ts';

const env = readEnv({
  BACKUP_TABLE_NAME: requiredText(),
  PRIMARY_REGION: requiredText(),
  SECONDARY_REGION: requiredText(),
  VAULT_BUCKET_ARN: optionalText(),
  USER_AGENT: requiredText(),
});
const deps = {
  table: backupTable({ tableName: env.BACKUP_TABLE_NAME, userAgent: env.USER_AGENT }),
  executionStatus: executionStatus({ userAgent: env.USER_AGENT }),
  clock: systemClock,
};

/** `arn:aws:s3:::name`. */
const vaultBucket = env.VAULT_BUCKET_ARN?.split(':').at(-1);

/** First state of every workflow: checks the input and takes the lease. */
export const handler = guarded(async (event: unknown, context: Context): Promise<WorkflowState> => {
  logger.addContext(context);
  const state = await checkStateMachine(deps, event, {
    regions: [env.PRIMARY_REGION, env.SECONDARY_REGION],
    tableName: env.BACKUP_TABLE_NAME,
    ...(vaultBucket === undefined ? {} : { vaultBucket }),
  });
  log.info('Lease taken', { executionArn: state.executionArn });
  return state;
});
