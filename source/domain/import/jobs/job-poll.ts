import { TERMINAL_JOB_STATUSES } from '../../ports.ts';
import type { ImportJob } from '../../ports.ts';
import type { ChunkPlan } from '../plan/plan-model.ts';
import { concludeJob, lookedAt } from './conclude.ts';
import type { JobsRun } from './deps.ts';
import { failedAsAWhole, wholeJobFailure } from './job-causes.ts';
import { readJobLog } from './job-log.ts';
import { currentJob, nextJob } from './job-start.ts';
import { LATE_LOG_WAITS_MS, pollDelay } from './polling.ts';
import type { JobsState } from '../plan/jobs-state.ts';

/** One look at the running job. */
export async function pollJob(run: JobsRun, state: JobsState, chunk: ChunkPlan): Promise<JobsState> {
  const { plan, deps } = run;
  const current = currentJob(state);
  const { rows } = current;
  const job = await deps.jobs.describeJob(plan.newUserPoolId, current.jobId);
  const now = deps.clock.now();
  const elapsedMs = now - (state.startedAt ?? now);
  if (!TERMINAL_JOB_STATUSES.includes(job.status)) {
    const delay = pollDelay({
      elapsedMs,
      rows,
      processed: job.imported + job.skipped + job.failed,
      ...(state.speed === undefined ? {} : { speed: state.speed }),
    });
    return { ...state, job: { ...current, imported: job.imported }, dueAt: now + delay };
  }
  await deps.jobEnded(job);
  deps.log.info('Import job ended', {
    chunk: state.chunk,
    attempt: state.attempt,
    status: job.status,
    rows,
    imported: job.imported,
    skipped: job.skipped,
    failed: job.failed,
  });
  if (job.status === 'Expired') return nextJob(run, state);
  if (failedAsAWhole(job)) return stopForWholeJob(run, state, job);
  const ended = {
    status: job.status,
    imported: job.imported,
    skipped: job.skipped,
    failed: job.failed,
    window: windowOf(job, state.startedAt ?? now, now),
  };
  const next: JobsState = {
    ...state,
    ...(job.imported === rows ? speedOf(job, rows, elapsedMs) : {}),
    stage: 'log',
    logReads: 0,
    dueAt: 0,
    ended,
  };
  return job.status === 'Succeeded' && job.imported === rows ? concludeJob(run, next, chunk, 'allImported') : next;
}

/** Reads the log until it has as many lines as the job counted, or a while has passed; then settles the rows. */
export async function readLog(run: JobsRun, state: JobsState, chunk: ChunkPlan): Promise<JobsState> {
  const { plan, deps } = run;
  const lines = await readJobLog(deps.jobs.readLog(plan.newUserPoolId, plan.newUserPoolName, currentJob(state)));
  const wait = LATE_LOG_WAITS_MS[state.logReads];
  if (wait !== undefined && lines.size < lookedAt(state))
    return { ...state, logReads: state.logReads + 1, dueAt: deps.clock.now() + wait };
  return concludeJob(run, state, chunk, lines);
}

/** The next start creates a new job: this one's cause has to be removed first. */
async function stopForWholeJob({ progress }: JobsRun, state: JobsState, job: ImportJob): Promise<never> {
  const { job: _job, startedAt: _startedAt, ...rest } = state;
  await progress.moveTo({ ...rest, stage: 'prepare', attempt: state.attempt + 1, dueAt: 0, logReads: 0 });
  throw wholeJobFailure(job);
}

/** When the job ran. Where our start or its end is seen late, its own times tell. */
function windowOf({ started, completed }: ImportJob, startedAt: number, now: number): [number, number] {
  const [from, to] = [Date.parse(started ?? ''), Date.parse(completed ?? '')];
  return [Number.isFinite(from) ? Math.min(from, startedAt) : startedAt, Number.isFinite(to) ? to : now];
}

/** By the job's own times where it has them: our polls come late. */
function speedOf(job: ImportJob, rows: number, elapsedMs: number): { speed?: number } {
  const own = Date.parse(job.completed ?? '') - Date.parse(job.started ?? '');
  const ms = Number.isFinite(own) && own > 0 ? own : elapsedMs;
  return ms > 0 ? { speed: rows / (ms / 1_000) } : {};
}
