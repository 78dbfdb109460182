import { findInPages } from '../../listing/page-chain.ts';
import type { ImportJob } from '../../ports.ts';
import { writeProofs } from '../accounts/chunk-rows.ts';
import { RowResults } from '../accounts/row-results.ts';
import { rowResultsKey } from '../plan/jobs-state.ts';
import type { ChunkResult, JobsState } from '../plan/jobs-state.ts';
import type { JobsRun } from './deps.ts';

/**
 * Version 2.0.0 kept of a finished chunk neither when its jobs ran nor what its rows show. Both are looked up once, so
 * that its accounts are told from those of others by the same rule; where its jobs counted fewer rows than it took for
 * imported, no row counts as told of.
 */
export async function completeResults(run: JobsRun, state: JobsState, sliceOver: () => boolean): Promise<JobsState> {
  if (state.finished.every(({ proofsKey }) => proofsKey !== undefined)) return state;
  const jobs = await jobsByName(run);
  let next = state;
  for (const [index, result] of state.finished.entries()) {
    if (result.proofsKey !== undefined) continue;
    if (sliceOver()) break;
    const finished = [...next.finished];
    finished[index] = await completed(run, result, jobs);
    next = { ...next, finished };
    await run.progress.moveTo(next);
  }
  return next;
}

async function completed(
  { plan, deps }: JobsRun,
  result: ChunkResult,
  jobs: ReadonlyMap<string, ImportJob>,
): Promise<ChunkResult> {
  const ran = result.jobs.flatMap((name) => jobs.get(name) ?? []);
  const windows = ran.map(({ created, started, completed }): [number, number] => [
    timeOf(started ?? created, Date.parse(plan.plannedAt)),
    timeOf(completed, deps.clock.now()),
  ]);
  const chunk = plan.chunks[result.chunk];
  if (chunk === undefined) return result;
  const proofsKey = await writeProofs(deps.objects, plan, chunk);
  if (ran.reduce((sum, { imported }) => sum + imported, 0) >= result.imported) return { ...result, windows, proofsKey };
  const resultsKey = rowResultsKey(plan.newUserPoolId, plan.restoreId, chunk.index, 0, deps.claim);
  await RowResults.none(chunk.users).save(deps.objects, resultsKey);
  return { ...result, windows, proofsKey, resultsKey };
}

async function jobsByName({ plan, deps }: JobsRun): Promise<ReadonlyMap<string, ImportJob>> {
  const jobs = new Map<string, ImportJob>();
  await findInPages<ImportJob, never>(
    (token) => deps.jobs.listJobsPage(plan.newUserPoolId, token),
    (page) => {
      for (const job of page) jobs.set(job.jobName, job);
      return undefined;
    },
  );
  return jobs;
}

const timeOf = (text: string | undefined, otherwise: number): number => {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) ? time : otherwise;
};
