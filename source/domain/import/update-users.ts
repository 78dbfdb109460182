import { workSlice } from '../state/slice.ts';
import { takeAllMessages } from './plan/messages.ts';
import { peekJobs } from './plan/jobs-state.ts';
import type { JobsState } from './plan/jobs-state.ts';
import { plannedGroupShape, readPlan } from './plan/plan-model.ts';
import type { RestorePlan } from './plan/plan-model.ts';
import { restoreFigures } from './plan/restore-figures.ts';
import { readList } from '../state/stored-list.ts';
import { finishRestore } from './report/finish.ts';
import type { RestoreOutcome } from './plan/outcome.ts';
import type { UpdateUsersDeps } from './updates/deps.ts';
import { initialUpdatesState, updatesStateKey, updatesStateShape } from './plan/updates-state.ts';
import type { UpdatesState } from './plan/updates-state.ts';
import { claimRestore } from './plan/progress.ts';
import { updateSelection } from './selection/update-selection.ts';
import type { UpdateSelectionResult } from './selection/update-selection.ts';
import { goOnAfter } from './updates/turn.ts';
import type { UpdateTurn } from './updates/turn.ts';
import { beginUpdates } from './updates/update-run.ts';
import type { UpdateRun } from './updates/update-run.ts';
import { workBatches } from './updates/work-batches.ts';

/** The restore that CheckNewUserPool opened, and what its report names. */
export interface UpdateUsersInput {
  readonly newUserPoolId: string;
  readonly restoreId: string;
  readonly executionArn: string;
  /** What the execution's start found; see RestorePlan. */
  readonly mayCreateUsers: boolean;
  /** Asked for by the execution's input: accounts that the restore had made and that are gone are made again. */
  readonly recreateMissing?: boolean;
  /** Where the report lies; goes into the message. */
  readonly bucket: string;
  /** Of a selection, which is carried out instead of a whole restore. */
  readonly selectionId?: string;
}

/** What the state machine sees of a whole restore. */
export type UpdateUsersResult = UpdateTurn<UpdatesState['phase'], RestoreOutcome>;

/**
 * One invocation once no import job is left to look at: longer than others, since every one costs seven of the execution's
 * 25,000 history events (at 1 call/s a million memberships take 13 days), and well within the function's 15 minutes.
 */
const LAST_SLICE_MS = 9 * 60_000;

/** A whole restore, unless the input names a selection. */
export async function updateUsers(
  input: UpdateUsersInput & { readonly selectionId?: never },
  deps: UpdateUsersDeps,
): Promise<UpdateUsersResult>;
export async function updateUsers(
  input: UpdateUsersInput,
  deps: UpdateUsersDeps,
): Promise<UpdateUsersResult | UpdateSelectionResult>;
/**
 * Works on released batches until the running import job must be looked at again; when all chunks have their result and
 * all batches are done, compares the pool with what it should hold, repairs what can be, and reports.
 */
export async function updateUsers(
  input: UpdateUsersInput,
  deps: UpdateUsersDeps,
): Promise<UpdateUsersResult | UpdateSelectionResult> {
  const { newUserPoolId, restoreId, selectionId } = input;
  if (selectionId !== undefined) return updateSelection(input, selectionId, deps);
  const shortSliceOver = workSlice(deps.clock, deps.timeLeft);
  const plan = {
    ...(await readPlan(deps.objects, newUserPoolId, restoreId)),
    mayCreateUsers: input.mayCreateUsers,
  };
  const groups = await readList(deps.objects, plan.groupsKey, plannedGroupShape);
  const jobs = await peekJobs(deps.objects, newUserPoolId, restoreId);
  const progress = await claimRestore(
    deps,
    { newUserPoolId, restoreId, since: Date.parse(plan.plannedAt) },
    {
      key: updatesStateKey(newUserPoolId, restoreId),
      shape: updatesStateShape,
      initial: initialUpdatesState,
      figures: (updates) => restoreFigures({ plan, groups: groups.length, jobs, updates }),
    },
  );
  const sliceOver = allImported(plan, jobs)
    ? workSlice(deps.clock, deps.timeLeft, LAST_SLICE_MS)
    : () => shortSliceOver() || deps.clock.now() >= jobs.dueAt;
  const run = await beginUpdates({ plan, groups, jobs }, deps, progress, {
    sliceOver,
    recreateMissing: input.recreateMissing ?? false,
    dryRun: false,
  });
  return progress.gather([run.failures, run.accounts], () => workOnPlan(run, jobs, input));
}

async function workOnPlan(run: UpdateRun, jobs: JobsState, input: UpdateUsersInput): Promise<UpdateUsersResult> {
  const { plan, deps, progress, state } = run;
  if (state.phase === 'updates') {
    if ((await workBatches(run, jobs)) === 'sliceOver') return goOnAfter(0, state.phase);
    if (!allImported(plan, jobs)) return goOnAfter(Math.ceil((jobs.dueAt - deps.clock.now()) / 1_000), state.phase);
    await takeAllMessages(deps.updates);
    state.phase = 'check';
    await progress.save();
  }
  const outcome = await finishRestore(run, jobs, input);
  return outcome === undefined ? goOnAfter(0, state.phase) : { done: true, idle: false, waitSeconds: 0, ...outcome };
}

const allImported = ({ chunks }: RestorePlan, jobs: JobsState): boolean => jobs.chunk >= chunks.length;
