import type { Manifest } from '../../backup/manifest.ts';
import { Progress } from '../progress.ts';
import { Run } from '../run.ts';
import { workSlice } from '../../state/slice.ts';
import { workThenSave } from '../step.ts';
import { confirmGone } from './confirm.ts';
import { deleteGone } from './delete.ts';
import { planDeletes } from './plan.ts';
import type { PlanOptions } from './plan.ts';
import { scanTable } from './scan.ts';
import { sealRun } from './seal.ts';
import { seenByRun } from './seen.ts';
import type { SeenByRun } from './seen.ts';
import { newCleanUp } from './state.ts';
import type { CleanUp, CleanUpDeps, CleanUpState } from './state.ts';

const CLEAN_UP_STEP = 'clean-up';

export interface CleanUpOptions extends PlanOptions {
  readonly runId: string;
  readonly softwareVersion: string;
}

/** The manifest without checksums and pool settings: what messages and the execution's output show. */
export type ManifestSummary = Omit<Manifest, 'checksums' | 'poolSettings'>;
export interface CleanUpResult {
  readonly done: boolean;
  readonly phase: CleanUpState['phase'];
  /** Once the run is sealed. */
  readonly manifest?: ManifestSummary;
}

/**
 * BackupTableCleanup: finds what the complete listing did not show, deletes it within the guard's limits, and seals the
 * run. Works phase by phase until the slice is over; every phase resumes where it was.
 */
export async function cleanUpTable(deps: CleanUpDeps, options: CleanUpOptions): Promise<CleanUpResult> {
  const run = await Run.join(deps, options.runId);
  const seen = await seenByRun(deps.objects, run.id);
  const progress = await Progress.claim<CleanUpState>(deps, run, CLEAN_UP_STEP, newCleanUp);
  const cleanUp: CleanUp = { deps, run, progress, sliceOver: workSlice(deps.clock, deps.timeLeft) };
  const { state } = progress;
  await workThenSave(progress, () => state.confirm.asked, async () => {
    while (state.phase !== 'seal' && state.phase !== 'sealed' && !cleanUp.sliceOver()) await workOn(cleanUp, seen, options);
  });
  if (state.phase !== 'seal' && state.phase !== 'sealed') return { done: false, phase: state.phase };
  const { checksums: _checksums, poolSettings: _poolSettings, ...manifest } = await sealRun(cleanUp, seen, options.softwareVersion);
  return { done: true, phase: state.phase, manifest };
}

async function workOn(cleanUp: CleanUp, seen: SeenByRun, options: CleanUpOptions): Promise<void> {
  const { phase } = cleanUp.progress.state;
  if (phase === 'scan') await scanTable(cleanUp, seen);
  else if (phase === 'confirm') await confirmGone(cleanUp);
  else if (phase === 'plan') await planDeletes(cleanUp, seen, options);
  else if (phase === 'delete') await deleteGone(cleanUp);
}
