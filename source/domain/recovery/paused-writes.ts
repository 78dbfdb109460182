import { Fault } from '../errors.ts';
import type { PoolRecovery } from '../model.ts';
import type { Log, UserPoolReader } from '../ports.ts';
import { activeRecovery, recoveriesOrUnknown } from './recoveries.ts';

/** The error of a write that Cognito does not take while its own recovery of the pool is active. */
export const writesPaused = (poolId: string, { status }: Pick<PoolRecovery, 'status'>): Fault =>
  new Fault(
    'WritesPaused',
    `AWS's own point-in-time recovery of the user pool ${poolId} is active (${status}): Cognito takes no writes of the pool until it has ended.`,
  );

/**
 * Fault WritesPaused while a recovery is being previewed or restores. One that was left to AWS Support holds nothing up
 * here: its status may outlive the pause, and the first write shows.
 */
export async function assertWritable(
  pool: Pick<UserPoolReader, 'recoveries'>,
  poolId: string,
  log: Pick<Log, 'warn'>,
): Promise<void> {
  const recoveries = await recoveriesOrUnknown(pool, poolId);
  if (recoveries === 'unknown')
    log.warn(
      'It is not known whether a recovery of AWS pauses the writes of the pool: allow ListPointInTimeRecoveries',
    );
  const active = activeRecovery(recoveries);
  if (active !== undefined && active.kind !== 'unsettled') throw writesPaused(poolId, active);
}
