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

/** What a restore tells whether it may go on writing. */
interface Writing {
  readonly log: Pick<Log, 'warn'>;
  /** A write of this restore was refused because of a recovery, and nobody has waited since. */
  readonly justRefused: () => Promise<boolean>;
}

/**
 * Fault WritesPaused while a recovery is being previewed or restores. One that was left to AWS Support holds nothing up
 * before a write was refused: its status may outlive the pause.
 */
export async function assertWritable(
  pool: Pick<UserPoolReader, 'recoveries'>,
  poolId: string,
  { log, justRefused }: Writing,
): Promise<void> {
  const recoveries = await recoveriesOrUnknown(pool, poolId);
  if (recoveries === 'unknown')
    log.warn(
      'It is not known whether a recovery of AWS pauses the writes of the pool: allow ListPointInTimeRecoveries',
    );
  const active = activeRecovery(recoveries);
  if (active === undefined) return;
  if (active.kind !== 'unsettled' || (await justRefused())) throw writesPaused(poolId, active);
}
