import { recoveriesOrUnknown, tearingRecovery } from '../../recovery/recoveries.ts';
import { recoveredDuring } from '../safeguards.ts';
import { tearingText, whatThen } from '../whole-pool.ts';
import { refuseRun } from './refused.ts';
import type { CleanUp } from './state.ts';

/**
 * The last look before the plan becomes binding, after the pool was read for the last time: a run during which a recovery of
 * AWS's own began to put the pool back, or did, has read two states of it and is given up. Halt RecoveryRunning.
 */
export async function requireUntorn(cleanUp: CleanUp): Promise<void> {
  const { deps, run } = cleanUp;
  const { userPoolId, safeguards } = run.facts;
  const recoveries = await recoveriesOrUnknown(deps.pool, userPoolId);
  const tearing = tearingRecovery(recoveries, { settled: safeguards?.recovered ?? [] });
  if (tearing !== undefined)
    await refuseRun(
      cleanUp,
      'RecoveryRunning',
      `${tearingText(userPoolId, tearing)} It began while export run ${run.id} listed the pool`,
      whatThen(tearing),
    );
  const [ended] = recoveredDuring(recoveries, safeguards);
  if (ended !== undefined)
    await refuseRun(
      cleanUp,
      'RecoveryRunning',
      `AWS's own point-in-time recovery has put the user pool ${userPoolId} back to its state of ${ended.point ?? 'an earlier moment'} while export run ${run.id} listed it: what the run read is of two states`,
      'The recovery has ended: start ExportWorkflow with the input {}, or wait for the next scheduled export.',
    );
}
