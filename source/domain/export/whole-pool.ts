import { Halt } from '../errors.ts';
import type { PoolRecoveries } from '../model.ts';
import type { BackupTable } from '../ports.ts';
import { tearingRecovery } from '../recovery/recoveries.ts';
import type { ActiveRecovery, Settled } from '../recovery/recoveries.ts';
import { lastSealedText } from './last-sealed.ts';

/**
 * Halt RecoveryRunning where a recovery of AWS's own is putting the pool back, or was left half-way to AWS Support: an
 * export would seal a pool between two states.
 */
export async function requireWholePool(
  table: Pick<BackupTable, 'getItem'>,
  recoveries: PoolRecoveries,
  { userPoolId, ...settled }: Settled & { readonly userPoolId: string },
): Promise<void> {
  const tearing = tearingRecovery(recoveries, settled);
  if (tearing === undefined) return;
  throw new Halt(
    'RecoveryRunning',
    `${tearingText(userPoolId, tearing)} Nothing was read, and the backup is as it was. ${await lastSealedText(table)} ${whatThen(tearing)}`,
  );
}

/** What is found. */
export const tearingText = (
  userPoolId: string,
  { kind, status, point = 'an earlier moment' }: ActiveRecovery,
): string =>
  kind === 'restoring'
    ? `AWS's own point-in-time recovery is putting the user pool ${userPoolId} back to its state of ${point} (${status}): until it has ended the pool is between two states.`
    : `AWS's own point-in-time recovery of the user pool ${userPoolId} to its state of ${point} has not ended (${status}), so that the pool may be between two states.`;

/** What to do about it. */
export const whatThen = ({ kind }: ActiveRecovery): string =>
  kind === 'restoring'
    ? 'The next scheduled export comes by itself; start ExportWorkflow with the input {} when the recovery has ended to have one at once.'
    : 'AWS Support settles it in a support case. When Support says that it is done and the status stays, start ExportWorkflow once with {"AllowUnsettledRecovery": true}: later exports then need it no more.';
