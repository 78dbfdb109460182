import { counted } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import { findInPages } from '../../listing/page-chain.ts';
import type { ImportJob } from '../../ports.ts';
import { TERMINAL_JOB_STATUSES } from '../../ports.ts';
import type { ChunkPlan } from '../plan/plan-model.ts';
import { markWriting } from '../plan/restore-head.ts';
import { buildChunkCsv } from './chunk-csv.ts';
import type { JobsRun } from './deps.ts';
import { blockedByOther, neverStarted, noMoreJobs } from './job-causes.ts';
import { BUSY_PATIENCE_MS, busyDelay, MIN_POLL_MS } from './polling.ts';
import { RowResults } from '../accounts/row-results.ts';
import { jobName, JOBS_PER_POOL, mappingKey, MAX_NEVER_RAN } from '../plan/jobs-state.ts';
import type { JobsState } from '../plan/jobs-state.ts';

/**
 * Builds the file, stores its mapping and the intention, creates the job and uploads. The intention is stored before
 * the job exists, so that a crash in between leaves a job that adoptJob finds by its name.
 */
export async function createJob(run: JobsRun, state: JobsState, chunk: ChunkPlan): Promise<JobsState> {
  const { plan, deps, progress } = run;
  const name = jobName(plan.restoreId, chunk.index, state.attempt);
  const only =
    state.resultsKey === undefined
      ? undefined
      : (await RowResults.load(deps.objects, state.resultsKey, chunk.users)).pending();
  const { csv, mapping, rows } = await buildChunkCsv(deps.objects, plan, chunk, only);
  if (rows !== (only?.length ?? chunk.users))
    throw new Fault(
      'BadState',
      `The object ${chunk.key} has not ${counted(chunk.users, 'user')}, as the plan says: the state of this restore cannot be used.`,
    );
  await deps.objects.put(mappingKey(plan.newUserPoolId, plan.restoreId, name), mapping);
  await markWriting(deps.objects, deps.clock, plan);
  await progress.moveTo({ ...state, stage: 'create' });
  const job = await deps.jobs.createJob(plan.newUserPoolId, name);
  if (job === 'limit' && (await hasAllJobs(deps.jobs, plan.newUserPoolId))) throw noMoreJobs(name, JOBS_PER_POOL);
  if (job === 'busy' || job === 'limit') return waitForOther(run, state, name);
  if (job.uploadUrl === undefined)
    throw new Fault('ServiceError', `Cognito created the import job ${name} without an upload address.`);
  await deps.jobs.uploadCsv(job.uploadUrl, csv);
  const created: JobsState = { ...state, stage: 'start', dueAt: 0, job: { jobId: job.jobId, jobName: name, rows } };
  await progress.moveTo(created);
  return requestStart(run, created);
}

/** After a crash while the job was being created: take the job of that name over, or begin again. */
export async function adoptJob({ plan, deps }: JobsRun, state: JobsState, chunk: ChunkPlan): Promise<JobsState> {
  const name = jobName(plan.restoreId, chunk.index, state.attempt);
  const job = await findJob(deps.jobs, plan.newUserPoolId, name);
  if (job === undefined) return { ...state, stage: 'prepare', dueAt: 0 };
  const rows =
    state.resultsKey === undefined
      ? chunk.users
      : (await RowResults.load(deps.objects, state.resultsKey, chunk.users)).pending().length;
  return { ...state, stage: 'start', dueAt: 0, job: { jobId: job.jobId, jobName: name, rows } };
}

/** The job may have been started by an invocation whose answer was lost: look first. */
export async function startJob(run: JobsRun, state: JobsState): Promise<JobsState> {
  const { plan, deps } = run;
  const { status } = await deps.jobs.describeJob(plan.newUserPoolId, currentJob(state).jobId);
  if (status === 'Created') return requestStart(run, state);
  const { busySince: _busySince, ...rest } = state;
  const startedAt = deps.clock.now();
  return {
    ...rest,
    stage: 'poll',
    startedAt,
    dueAt: TERMINAL_JOB_STATUSES.includes(status) ? 0 : startedAt + MIN_POLL_MS,
  };
}

async function requestStart(run: JobsRun, state: JobsState): Promise<JobsState> {
  const { plan, deps } = run;
  const { jobId, jobName: name } = currentJob(state);
  const answer = await deps.jobs.startJob(plan.newUserPoolId, jobId);
  if (answer === 'busy') return waitForOther(run, state, name);
  if (answer === 'noCsv') return nextJob(run, state);
  const { busySince: _busySince, ...rest } = state;
  const now = deps.clock.now();
  return { ...rest, stage: 'poll', startedAt: now, neverRan: 0, dueAt: now + MIN_POLL_MS };
}

/** Cognito runs one import job of an account at a time; which of its calls it refuses meanwhile is not documented. */
async function waitForOther({ deps, progress }: JobsRun, state: JobsState, name: string): Promise<JobsState> {
  const now = deps.clock.now();
  const { busySince = now, ...rest } = state;
  if (now - busySince >= BUSY_PATIENCE_MS) {
    await progress.moveTo({ ...rest, dueAt: 0 });
    throw blockedByOther(name, BUSY_PATIENCE_MS / 3_600_000);
  }
  deps.log.info('Cognito refuses the import job, as it does while another one of this account is active; it waits', {
    chunk: state.chunk,
    attempt: state.attempt,
  });
  return { ...rest, busySince, dueAt: now + busyDelay(now - busySince) };
}

/** Another job for the same rows, under a new name: the current one can never run. */
export async function nextJob({ progress, deps }: JobsRun, state: JobsState): Promise<JobsState> {
  const { job, startedAt: _startedAt, busySince: _busySince, ended: _ended, ...rest } = state;
  const next: JobsState = {
    ...rest,
    stage: 'prepare',
    attempt: state.attempt + 1,
    dueAt: 0,
    logReads: 0,
    neverRan: state.neverRan + 1,
  };
  if (next.neverRan < MAX_NEVER_RAN) {
    deps.log.warn('An import job ended without having run; another one follows', {
      chunk: state.chunk,
      attempt: state.attempt,
    });
    return next;
  }
  await progress.moveTo({ ...next, neverRan: 0 });
  throw neverStarted(job?.jobName ?? '', next.neverRan);
}

/** The job that the state is about; Fault BadState when it names none. */
export function currentJob(state: JobsState): NonNullable<JobsState['job']> {
  if (state.job === undefined)
    throw new Fault('BadState', 'The import state names no job: the state of this restore cannot be used.');
  return state.job;
}

function findJob(jobs: JobsRun['deps']['jobs'], poolId: string, name: string): Promise<ImportJob | undefined> {
  return findInPages<ImportJob, ImportJob>(
    (token) => jobs.listJobsPage(poolId, token),
    (page) => page.find(({ jobName }) => jobName === name),
  );
}

/** Waiting ends no limit of a pool's jobs, since none can be deleted. */
async function hasAllJobs(jobs: JobsRun['deps']['jobs'], poolId: string): Promise<boolean> {
  const seen = new Set<string>();
  const all = await findInPages<ImportJob, true>(
    (token) => jobs.listJobsPage(poolId, token),
    (page) => {
      for (const { jobId } of page) seen.add(jobId);
      return seen.size >= JOBS_PER_POOL || undefined;
    },
  );
  return all === true;
}
