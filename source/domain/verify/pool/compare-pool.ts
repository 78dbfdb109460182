import { isNamed } from '../../errors.ts';
import { OpenPlanReader } from '../../digests/open-plan.ts';
import { workSlice } from '../../state/slice.ts';
import type { StepEnd } from '../../state/step.ts';
import { comparingFigures } from '../figures.ts';
import { claimVerification, removeWork } from '../progress.ts';
import { verificationFolder } from '../verify-event.ts';
import { loadHeldAgainst } from './expected.ts';
import type { HeldAgainst } from './expected.ts';
import { findAbsent } from './find-absent.ts';
import { listPoolGroups } from './list-groups.ts';
import { listMembers } from './list-members.ts';
import { listUsers } from './list-users.ts';
import { readBackup } from './read-backup.ts';
import { assertSame, differencesKey, reportKey, writePoolReport } from './report.ts';
import { compareStateShape, newComparison } from './state.ts';
import type { ComparePoolDeps, ComparePoolInput, ComparePoolResult, ComparisonRun } from './state.ts';

/**
 * ComparePool: lists a user pool and holds every user, group and membership against the backup, in both directions; slice
 * by slice until `done`. Changes neither. Halts: PoolDiffers (after the report is written), ExportRunOpen,
 * UserPoolNotFound, AccessDenied, Superseded.
 */
export async function comparePool(input: ComparePoolInput, deps: ComparePoolDeps): Promise<ComparePoolResult> {
  const folder = verificationFolder(input.executionArn);
  const progress = await claimVerification(deps, folder, {
    name: 'pool',
    shape: compareStateShape,
    initial: () => newComparison(deps.clock.now()),
    figures: comparingFigures,
  });
  const comparison: ComparisonRun = {
    input,
    deps,
    progress,
    folder,
    plans: new OpenPlanReader(deps.table),
    sliceOver: workSlice(deps.clock, deps.timeLeft),
  };
  const { state } = progress;
  const { userPoolId } = input;
  let held: HeldAgainst | undefined;
  while (state.step !== 'done' && !comparison.sliceOver()) {
    if (input.readOnly === true && state.step !== 'scan') break;
    if (state.step !== 'scan') held ??= await loadHeldAgainst(deps.objects, state);
    if ((await workOn(comparison, held).catch((error: unknown) => forgotten(comparison, error))) === 'sliceOver') break;
  }
  if (state.step !== 'done') return { done: false, step: state.step, userPoolId };
  await removeWork(deps.objects, folder);
  assertSame(comparison);
  return {
    done: true,
    step: state.step,
    userPoolId,
    counts: state.counts,
    reportKeys: [reportKey(folder), ...(state.rows.length > 0 ? [differencesKey(folder)] : [])],
  };
}

/** A drill whose backup was overtaken by an export plans anew, and reads anew what it plans for then. */
async function forgotten({ input, deps, progress, folder }: ComparisonRun, error: unknown): Promise<never> {
  if (input.readOnly === true && isNamed(error, 'ExportRunOpen')) {
    await progress.moveTo(newComparison(deps.clock.now()));
    await removeWork(deps.objects, folder);
  }
  throw error;
}

async function workOn(comparison: ComparisonRun, held: HeldAgainst | undefined): Promise<StepEnd> {
  const { step } = comparison.progress.state;
  if (held === undefined) return readBackup(comparison);
  const { marks } = held;
  if (step === 'users') return listUsers(comparison, held);
  if (step === 'groups') return listPoolGroups(comparison);
  if (step === 'members') return listMembers(comparison, marks);
  return step === 'absent' ? findAbsent(comparison, marks) : writePoolReport(comparison);
}
