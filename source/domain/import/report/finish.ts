import type { JobsState } from '../plan/jobs-state.ts';
import { comparedAnew } from '../plan/check-state.ts';
import { CheckRun } from '../reconcile/check-run.ts';
import { restoreIdentities } from '../identities/restore-identities.ts';
import { identitiesAgain } from '../plan/identity-state.ts';
import { enter, look } from '../reconcile/look.ts';
import { foundProblems, problemsOf, recheckScope } from '../reconcile/recheck.ts';
import { repair } from '../reconcile/repair.ts';
import { tagRestore, untagRestore } from '../plan/closed-objects.ts';
import { closeHead } from '../plan/restore-head.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import type { RestoreOutcome } from '../plan/outcome.ts';
import { writeRestoreReport } from './write-report.ts';

/** Listings are eventually consistent: what was written just before the end of the work may be seen only after a while. */
const LISTING_LAG_MS = 10_000;

/** After a pause like this, as a redrive makes it, what an earlier look showed is no longer believed. */
const LONGEST_PAUSE_MS = 3_600_000;

/** The execution that asks for the end, and the bucket in which the report is to lie. */
interface Asked {
  readonly executionArn: string;
  readonly bucket: string;
}

/**
 * The end of a restore: compare, look once more at what seems undone, repair, compare again, link identities, report.
 * Undefined when the slice ended before. Every execution compares the whole pool itself: none ends with what an earlier
 * one saw. A restore that ended partial tries what it reported again when another execution asks; any other end is final,
 * unless gone accounts are to be made again.
 */
export async function finishRestore(
  run: UpdateRun,
  jobs: JobsState,
  { executionArn, bucket }: Asked,
): Promise<RestoreOutcome | undefined> {
  const { outcome: ended, endedBy, phase } = run.state;
  if (phase === 'done' && ended !== undefined) {
    if (endedBy === executionArn || (ended.outcome !== 'partial' && !run.recreateMissing)) {
      await close(run, ended);
      return ended;
    }
    await beginRetry(run, ended);
  }
  await beginComparison(run, executionArn);
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
  if (run.state.phase === 'check' || run.state.phase === 'look') {
    if (!(await look(check, 'look'))) return undefined;
    const found = foundProblems(problemsOf(check));
    if (found) await run.deps.clock.sleep(LISTING_LAG_MS);
    await enter(run, found ? 'repair' : 'identities');
  }
  if (run.state.phase === 'repair') {
    if ((await repair(check)) === 'sliceOver') return undefined;
    await run.deps.clock.sleep(LISTING_LAG_MS);
    Object.assign(check.state, await recheckScope(check));
    await enter(run, 'recheck');
  }
  if (run.state.phase === 'recheck' || run.state.phase === 'lastLook') {
    if (!(await look(check, 'lastLook'))) return undefined;
    await enter(run, 'identities');
  }
  if (run.state.phase === 'identities') {
    const { identities } = run.plan;
    if (identities !== undefined && (await restoreIdentities(check, identities)) === 'sliceOver') return undefined;
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

/** Nobody is left out any more: a name may have become free, a setting may have changed. */
async function beginRetry(run: UpdateRun, { outcome }: RestoreOutcome): Promise<void> {
  if (outcome !== 'partial') await untagRestore(run.deps, run.plan);
  run.collisions.clear();
  run.refused.clear();
  run.heldBack.clear();
  if (run.state.identities !== undefined) run.state.identities = identitiesAgain(run.state.identities);
  run.state.phase = 'check';
  run.state.retries += 1;
}

/** What another execution saw, or this one before a long pause, is not believed: people change their pool meanwhile. */
async function beginComparison({ state, deps, progress }: UpdateRun, executionArn: string): Promise<void> {
  const { check } = state;
  const now = deps.clock.now();
  if (check?.by === executionArn && now - (check.at ?? 0) <= LONGEST_PAUSE_MS && state.phase !== 'done') {
    check.at = now;
    return;
  }
  state.check = comparedAnew(check, { by: executionArn, at: now });
  state.phase = 'check';
  await progress.save();
}
