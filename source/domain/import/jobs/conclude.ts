import type { ChunkPlan } from '../plan/plan-model.ts';
import type { JobsRun } from './deps.ts';
import { lineOffset } from './job-log.ts';
import type { LogLine } from './job-log.ts';
import { isLookedAt } from './looked-at.ts';
import { currentJob } from './job-start.ts';
import { RowCode, RowResults } from '../accounts/row-results.ts';
import { settleChunk } from './settle.ts';
import { MAX_RUNS, rowResultsKey } from '../plan/jobs-state.ts';
import type { JobsState } from '../plan/jobs-state.ts';

/**
 * The ended job's rows get the results that its log tells (or all of them success, where the counts say so). Rows that
 * it does not tell of are then looked up in the pool: the log may be incomplete, the job Failed or Stopped half-way.
 */
export async function concludeJob(
  run: JobsRun,
  state: JobsState,
  chunk: ChunkPlan,
  lines: ReadonlyMap<number, LogLine> | 'allImported',
): Promise<JobsState> {
  const results = await RowResults.load(run.deps.objects, state.resultsKey, chunk.users);
  const rows = results.pending();
  const { jobName } = currentJob(state);
  if (lines === 'allImported') for (const row of rows) results.set(row, RowCode.imported);
  else
    applyLog(results, rows, lines, {
      job: jobName,
      looked: state.ended?.status === 'Succeeded' ? undefined : lookedAt(state),
    });
  const { job: _job, startedAt, ended, ...rest } = state;
  const window = ended?.window ?? [startedAt ?? Date.parse(run.plan.plannedAt), run.deps.clock.now()];
  const next: JobsState = {
    ...rest,
    ran: [...state.ran, jobName],
    windows: [...(state.windows ?? []), window],
    looks: 0,
  };
  if (results.count(RowCode.pending) === 0 && !isLookedAt(run.plan, chunk))
    return settleOrFollowUp(run, next, chunk, results, 0);
  return { ...next, resultsKey: await save(run, next, results, 0), stage: 'list', listing: { part: 1 }, dueAt: 0 };
}

/** Rows that neither exist nor failed go into a follow-up job, at most MAX_RUNS jobs in all; then the chunk is settled. */
export async function settleOrFollowUp(
  run: JobsRun,
  state: JobsState,
  chunk: ChunkPlan,
  results: RowResults,
  part: number,
): Promise<JobsState> {
  const { listing: _listing, ...rest } = state;
  const left = results.count(RowCode.pending);
  run.deps.log.info('The rows of an import job have their results', {
    chunk: chunk.index,
    run: state.ran.length,
    failed: results.count(RowCode.failed),
    left,
  });
  if (left === 0 || state.ran.length >= MAX_RUNS) return settleChunk(run, rest, chunk, results);
  return {
    ...rest,
    resultsKey: await save(run, rest, results, part),
    stage: 'prepare',
    attempt: state.attempt + 1,
    dueAt: 0,
    logReads: 0,
  };
}

/** Every version is an object of its own: an invocation that was superseded cannot spoil what its successor reads. */
export async function save(
  { plan, deps }: JobsRun,
  state: JobsState,
  results: RowResults,
  part: number,
): Promise<string> {
  const key = rowResultsKey(plan.newUserPoolId, plan.restoreId, state.chunk, state.attempt, part);
  await results.save(deps.objects, key);
  return key;
}

/** Rows that the ended job has counted. */
export const lookedAt = ({ ended }: Pick<JobsState, 'ended'>): number =>
  ended === undefined ? 0 : ended.imported + ended.skipped + ended.failed;

interface LoggedJob {
  readonly job: string;
  /** See lineOffset. */
  readonly looked: number | undefined;
}

function applyLog(
  results: RowResults,
  rows: readonly number[],
  lines: ReadonlyMap<number, LogLine>,
  { job, looked }: LoggedJob,
): void {
  const offset = lineOffset(lines, rows.length, looked);
  if (offset === undefined) return;
  // A run of lines from 2 can also be that of a job whose first row was lost: then whom it imported, the pool tells.
  const isSure = offset !== -1 || lines.has(rows.length + 1);
  for (const [number, { status, text }] of lines) {
    const line = number + offset;
    const row = rows[line - 1];
    if (row === undefined) continue;
    // Who has the name of a skipped row, only a look at the pool tells: an earlier job may have imported it.
    const code = ({ SUCCEEDED: RowCode.imported, FAILED: RowCode.failed, SKIPPED: RowCode.pending } as const)[status];
    if (code === RowCode.imported) results.set(row, isSure ? code : RowCode.pending);
    else results.set(row, code, { job, line, text });
  }
}
