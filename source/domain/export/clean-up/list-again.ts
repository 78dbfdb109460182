import { abandonOnce } from '../run.ts';
import type { CleanUp, CleanUpDeps } from './state.ts';

/**
 * Whether what a guard would refuse may be over by now: a selection has changed the pool since the run began, so that the
 * listing may hold what the selection has repaired. One new listing tells.
 */
export const mustListAgain = ({ deps, run }: Pick<CleanUp, 'deps' | 'run'>): Promise<boolean> =>
  deps.selectedSince(Date.parse(run.facts.startedAt), run.facts.userPoolId);

/** The run ends without a refusal, and without a trace in the table: the state machine begins a new one. */
export const giveWay = (deps: Pick<CleanUpDeps, 'objects' | 'clock'>, runId: string): Promise<void> =>
  abandonOnce(
    deps,
    runId,
    `Single users or groups were restored into the user pool while export run ${runId} listed it, so a new run lists it once more. Nothing was changed in the backup.`,
  );
