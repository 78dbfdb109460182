import type { Halt } from '../../errors.ts';
import { removeWork } from '../progress.ts';
import { forgetScan } from './state.ts';
import type { BackupState, Verification, VerifyBackupInput } from './state.ts';

/** Looks that may each find another difference, for instance because a new run arrives each time. */
const MOST_LOOKS = 6;

/**
 * A look found a difference. Replication may still be under way, so that only a second look that finds a difference about
 * the same (`about`) ends the execution, with the halt that `verdict` gives.
 */
export async function differ(verification: Verification, about: string, verdict: () => Halt): Promise<void> {
  const { deps, progress, folder } = verification;
  const { state } = progress;
  const confirmed = state.differed === about || state.differences + 1 >= MOST_LOOKS;
  state.differed = about;
  state.differences += 1;
  forgetScan(state);
  await progress.save();
  await removeWork(deps.objects, folder);
  if (confirmed) throw verdict();
  deps.log.warn('The table differs from its manifest; it is looked at once more', { differences: state.differences });
}

/** True while the state machine has not waited since the last difference: also an invocation that is only a retry waits first. */
export const isWaiting = ({ phase, differences }: BackupState, { waitedAfter }: VerifyBackupInput): boolean =>
  phase === 'look' && differences > waitedAfter;
