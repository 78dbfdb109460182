import type { JobsState } from '../plan/jobs-state.ts';
import { CheckRun } from '../reconcile/check-run.ts';
import { listPool } from '../reconcile/list-pool.ts';
import { foundProblems, problemsOf, recheckScope } from '../reconcile/recheck.ts';
import { repair } from '../reconcile/repair.ts';
import { tagRestore } from '../plan/closed-objects.ts';
import { closeHead } from '../plan/restore-head.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import type { RestoreOutcome } from '../plan/outcome.ts';
import { writeRestoreReport } from './write-report.ts';

/** Listings are eventually consistent: what was written just before the end of the work may be seen only after a while. */
const LISTING_LAG_MS = 10_000;

/** The execution that asks for the end, and the bucket in which the report is to lie. */
interface Asked {
  readonly executionArn: string;
  readonly bucket: string;
}

/**
 * The end of a restore: compare, repair, compare again, report. Undefined when the slice ended before. A restore that
 * ended partial tries what it reported again when another execution asks; any other end is final.
 */
export async function finishRestore(
  run: UpdateRun,
  jobs: JobsState,
  { executionArn, bucket }: Asked,
): Promise<RestoreOutcome | undefined> {
  const { outcome: ended, endedBy } = run.state;
  if (run.state.phase === 'done' && ended !== undefined && (ended.outcome !== 'partial' || endedBy === executionArn)) {
    await close(run, ended);
    return ended;
  }
  if (run.state.phase === 'done') await beginRetry(run);
  const check = await CheckRun.begin(run);
  const outcome = await run.progress.gather([check], () => compareAndReport(check, jobs, { executionArn, bucket }));
  if (outcome !== undefined) await close(run, outcome);
  return outcome;
}

async function compareAndReport(
  check: CheckRun,
  jobs: JobsState,
  { executionArn, bucket }: Asked,
): Promise<RestoreOutcome | undefined> {
  const { run } = check;
  if (run.state.phase === 'check') {
    if ((await listPool(check)) === 'sliceOver') return undefined;
    const problems = problemsOf(check);
    run.deps.log.info('The new pool was compared with the plan', { ...problems });
    const found = foundProblems(problems);
    if (found) await run.deps.clock.sleep(LISTING_LAG_MS);
    await enter(run, found ? 'repair' : 'report');
  }
  if (run.state.phase === 'repair') {
    if ((await repair(check)) === 'sliceOver') return undefined;
    await run.deps.clock.sleep(LISTING_LAG_MS);
    Object.assign(check.state, await recheckScope(check));
    await enter(run, 'recheck');
  }
  if (run.state.phase === 'recheck') {
    if ((await listPool(check)) === 'sliceOver') return undefined;
    run.deps.log.info('The new pool was compared again', { ...problemsOf(check) });
    await enter(run, 'report');
  }
  const outcome = await writeRestoreReport(check, jobs, bucket);
  Object.assign(run.state, { phase: 'done', outcome, endedBy: executionArn });
  await run.progress.save();
  return outcome;
}

/** Asked again by a retried invocation: nothing is saved after the tags, which a save would take off. */
async function close({ deps, plan }: UpdateRun, { outcome }: RestoreOutcome): Promise<void> {
  if (outcome !== 'partial') await tagRestore(deps, plan);
  await closeHead(deps.objects, deps.clock, plan, outcome === 'partial' ? 'partial' : 'complete');
}

async function enter(run: UpdateRun, phase: 'repair' | 'recheck' | 'report'): Promise<void> {
  run.state.phase = phase;
  await run.progress.save();
}

/** Everything is compared anew, and nobody is left out any more: a name may have become free, a setting may have changed. */
async function beginRetry({ collisions, refused, heldBack, state, progress }: UpdateRun): Promise<void> {
  collisions.clear();
  refused.clear();
  heldBack.clear();
  delete state.check;
  state.phase = 'check';
  state.retries += 1;
  await progress.save();
}
