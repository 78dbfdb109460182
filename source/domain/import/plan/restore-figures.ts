import { FULL_PAGE } from '../../listing/page-chain.ts';
import type { DoneOf, WorkFigures, WorkPhase } from '../../state/work-figures.ts';
import { SUB_PREFIXES } from '../../listing/user-chains.ts';
import type { CheckState } from './check-state.ts';
import { RESCUE_OPS } from './jobs-state.ts';
import type { JobsState } from './jobs-state.ts';
import type { RestorePlan } from './plan-model.ts';
import type { UpdatesState } from './updates-state.ts';

/** Creating a user takes AdminCreateUser and AdminSetUserPassword. */
const CALLS_OF_CREATION = 2;

/** A restore and how far its two functions have come; `groups`: how many the plan has. */
export interface RestoreInProgress {
  readonly plan: Pick<RestorePlan, 'counts' | 'chunks' | 'batches' | 'decided'>;
  readonly groups: number;
  readonly jobs: JobsState;
  readonly updates: UpdatesState;
}

const PHASE_OF = {
  updates: 'restoring',
  check: 'comparing the pool',
  look: 'comparing once more',
  repair: 'repairing',
  recheck: 'comparing once more',
  lastLook: 'comparing once more',
  identities: 'linking identities',
  report: 'writing the report',
  done: 'done',
} as const satisfies Readonly<Record<UpdatesState['phase'], WorkPhase>>;

/** Everybody whom the plan brings back, and the calls that it takes: those of the updates, and the comparison at the end. */
export function restoreFigures(restore: RestoreInProgress): WorkFigures {
  const { updates } = restore;
  const phase = PHASE_OF[updates.phase];
  return {
    phase,
    users: usersOf(restore),
    memberships: membershipsOf(restore),
    callsLeft: callsLeft(restore),
    secondsBeside: secondsOfJobs(restore),
  };
}

/** Of ImportUsers, which knows the import jobs only; of a selection they are a part of what goes on behind them. */
export function importFigures(plan: RestoreInProgress['plan'], jobs: JobsState, created: number): WorkFigures {
  return {
    phase: 'restoring',
    users: planned(importedBy(jobs) + created, plan.decided ?? usersIn(plan)),
    secondsBeside: secondsOfJobs({ plan, jobs }),
  };
}

const planned = (done: number, of: number): DoneOf => ({ done: Math.min(done, of), of });
const usersIn = ({ counts }: RestoreInProgress['plan']): number => counts.byCsv + counts.oneByOne;

/** By jobs that ended, and by the one that runs as far as it was looked at. */
export const importedBy = ({ finished, job }: JobsState): number =>
  finished.reduce((sum, { imported }) => sum + imported, 0) + (job?.imported ?? 0);

/** What was written; at the end what the comparison found. A crash may have counted some twice. */
function usersOf({ plan, jobs, updates }: RestoreInProgress): DoneOf {
  const { outcome, counts } = updates;
  const done =
    updates.phase === 'done' && outcome !== undefined
      ? outcome.counts.usersRestored
      : importedBy(jobs) + counts.usersCreated;
  return planned(done, usersIn(plan));
}

function membershipsOf({ plan, updates }: RestoreInProgress): DoneOf {
  const { outcome, counts } = updates;
  if (updates.phase !== 'done' || outcome === undefined) return planned(counts.memberships, plan.counts.memberships);
  const { memberships, membershipsMissing, membershipsRemovedSince = 0 } = outcome.counts;
  return planned(memberships - membershipsMissing - membershipsRemovedSince, plan.counts.memberships);
}

function callsLeft(restore: RestoreInProgress): number | 'unknown' {
  const { plan, groups, updates } = restore;
  if (updates.phase === 'updates') return writesLeft(restore) + looksLeft(plan, groups, undefined);
  if (updates.phase === 'check') return looksLeft(plan, groups, updates.check);
  return updates.phase === 'report' || updates.phase === 'done' ? 0 : 'unknown';
}

/** Operations behind those that are done; a group is created ahead of them by a call of its own. */
function writesLeft({ plan, groups, jobs, updates }: RestoreInProgress): number {
  const { counts } = updates;
  const opsOf = (chunk: number | null): number[] =>
    plan.batches.filter((batch) => batch.chunk === chunk).map(({ ops }) => ops);
  const released = jobs.finished.flatMap(({ chunk, failed, rescueParts }) => [
    ...Array.from({ length: rescueParts }, (_, part) => Math.min(RESCUE_OPS, Math.max(0, failed - part * RESCUE_OPS))),
    ...opsOf(chunk),
  ]);
  const finished = new Set<number | null>(jobs.finished.map(({ chunk }) => chunk));
  const waiting = plan.batches
    .filter(({ chunk }) => chunk !== null && !finished.has(chunk))
    .reduce((sum, { ops }) => sum + ops, 0);
  const rescued = jobs.finished.reduce((sum, { failed }) => sum + failed, 0);
  const passwords = Math.max(0, plan.counts.oneByOne + rescued - counts.usersCreated - counts.refused);
  return (
    leftIn(released, updates.chunks) +
    leftIn(opsOf(null), updates.once) +
    waiting +
    passwords * (CALLS_OF_CREATION - 1) +
    Math.max(0, groups - counts.groupsCreated)
  );
}

const leftIn = (batches: readonly number[], { batch, op }: { readonly batch: number; readonly op: number }): number =>
  Math.max(0, batches.slice(batch).reduce((sum, ops) => sum + ops, 0) - op);

/** Calls of the comparison: all users, all groups, and the members of each group. `check`: how far it has come. */
function looksLeft(plan: RestoreInProgress['plan'], groups: number, check: CheckState | undefined): number {
  const step = check?.step ?? 'users';
  const users = Math.ceil(usersIn(plan) / FULL_PAGE) + SUB_PREFIXES.length;
  const members = groups + Math.floor(plan.counts.memberships / FULL_PAGE);
  const ended = check === undefined ? 0 : check.chains.next - check.chains.open.length;
  const share = (chains: number): number => (chains === 0 ? 0 : Math.max(0, 1 - ended / chains));
  if (step === 'end') return 0;
  if (step === 'members') return Math.ceil(members * share(groups));
  const ofGroups = Math.ceil((groups + 1) / FULL_PAGE) + members;
  if (step === 'groups') return ofGroups;
  return Math.ceil(users * share(check?.usersScope === 'single' ? 1 : SUB_PREFIXES.length)) + ofGroups;
}

/** Unknown before a first job has shown how fast Cognito imports. */
function secondsOfJobs({ plan, jobs }: Pick<RestoreInProgress, 'plan' | 'jobs'>): number | 'unknown' {
  const { chunks } = plan;
  if (jobs.chunk >= chunks.length) return 0;
  if (jobs.speed === undefined) return 'unknown';
  const left = chunks.slice(jobs.chunk).reduce((sum, { users }) => sum + users, 0) - (jobs.job?.imported ?? 0);
  return Math.max(0, left) / jobs.speed;
}
