import { Fault } from '../errors.ts';
import { workSlice } from '../state/slice.ts';
import { readPlan } from './plan/plan-model.ts';
import type { ChunkPlan, RestorePlan } from './plan/plan-model.ts';
import type { ImportUsersDeps, JobsRun } from './jobs/deps.ts';
import { completeResults } from './jobs/earlier-results.ts';
import { pollJob, readLog } from './jobs/job-poll.ts';
import { adoptJob, createJob, startJob } from './jobs/job-start.ts';
import { listRows } from './jobs/list-rows.ts';
import { claimRestore } from './plan/progress.ts';
import { releaseBatches, takeAllMessages, takeMessages } from './plan/messages.ts';
import { initialJobsState, jobsStateKey, jobsStateShape } from './plan/jobs-state.ts';
import type { JobsState } from './plan/jobs-state.ts';
import { importFigures } from './plan/restore-figures.ts';
import { updatesStateKey, updatesStateShape } from './plan/updates-state.ts';
import { Checkpoint } from '../state/checkpoint.ts';

/** The restore that CheckNewUserPool opened. */
export interface ImportUsersInput {
  readonly newUserPoolId: string;
  readonly restoreId: string;
}

/** What the state machine sees: no personal data. */
export interface ImportUsersResult {
  /** Every chunk has its final result. */
  readonly done: boolean;
  /** Nothing to do before `waitSeconds` have passed. */
  readonly idle: boolean;
  readonly waitSeconds: number;
  readonly chunks: number;
  readonly chunksDone: number;
  readonly imported: number;
  readonly notImported: number;
}

/**
 * Carries the plan's chunks through Cognito's import jobs, one after the other, a step at a time: every step stores its
 * result, so that a crash repeats at most one. Returns when the running job need not be looked at yet.
 */
export async function importUsers(
  { newUserPoolId, restoreId }: ImportUsersInput,
  deps: ImportUsersDeps,
): Promise<ImportUsersResult> {
  const sliceOver = workSlice(deps.clock, deps.timeLeft);
  const plan = await readPlan(deps.objects, newUserPoolId, restoreId);
  const updates = await Checkpoint.peek(deps.objects, updatesStateKey(newUserPoolId, restoreId), updatesStateShape);
  const created = updates?.counts.usersCreated ?? 0;
  const progress = await claimRestore<JobsState>(
    deps,
    { newUserPoolId, restoreId, since: Date.parse(plan.plannedAt) },
    {
      key: jobsStateKey(newUserPoolId, restoreId),
      shape: jobsStateShape,
      initial: initialJobsState,
      figures: (jobs) => importFigures(plan, jobs, created),
    },
  );
  const run: JobsRun = { plan, deps, progress };
  await takeMessages(deps.newUsers);
  await completeResults(run, progress.state, sliceOver);
  for (;;) {
    const { state } = progress;
    const chunk = plan.chunks[state.chunk];
    if (chunk === undefined) {
      await takeAllMessages(deps.newUsers);
      return resultOf(plan, state, { done: true, idle: true, waitSeconds: 0 });
    }
    const waitMs = state.dueAt - deps.clock.now();
    if (waitMs > 0) return resultOf(plan, state, { done: false, idle: true, waitSeconds: Math.ceil(waitMs / 1_000) });
    if (sliceOver()) return resultOf(plan, state, { done: false, idle: false, waitSeconds: 0 });
    const next = await nextState(run, state, chunk, sliceOver);
    await progress.moveTo(next);
    if (next.chunk > state.chunk) await releaseBatches(plan, next, deps.updates);
  }
}

function nextState(run: JobsRun, state: JobsState, chunk: ChunkPlan, sliceOver: () => boolean): Promise<JobsState> {
  switch (state.stage) {
    case 'prepare':
      return createJob(run, state, chunk);
    case 'create':
      return adoptJob(run, state, chunk);
    case 'start':
      return startJob(run, state);
    case 'poll':
      return pollJob(run, state, chunk);
    case 'log':
      return readLog(run, state, chunk);
    case 'list':
      return listRows(run, state, chunk, sliceOver);
    default:
      throw new Fault('BadState', `The import state names an unknown stage ${String(state.stage satisfies never)}.`);
  }
}

function resultOf(
  plan: RestorePlan,
  state: JobsState,
  turn: Pick<ImportUsersResult, 'done' | 'idle' | 'waitSeconds'>,
): ImportUsersResult {
  const imported = state.finished.reduce((sum, chunk) => sum + chunk.imported, 0);
  const users = state.finished.reduce((sum, chunk) => sum + chunk.users, 0);
  return {
    ...turn,
    chunks: plan.chunks.length,
    chunksDone: state.finished.length,
    imported,
    notImported: users - imported,
  };
}
