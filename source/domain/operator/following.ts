import type { WorkPhase } from '../state/work-figures.ts';
import type { ExecutionProgress } from '../workflow/progress.ts';
import { number } from '../counted.ts';
import { duration } from '../workflow/notices/text.ts';

/** Where an execution stands, for people and for machines. */
export interface FollowedStatus {
  readonly text: string;
  readonly percentDone?: number;
  readonly secondsRemaining?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

interface DoneOf {
  readonly done: number;
  readonly of?: number;
}

/** Phases in which the first of these is done. In any other one that none is done yet says nothing about its work. */
const BEGUN_IN: Readonly<Record<'users' | 'memberships', readonly WorkPhase[]>> = {
  users: ['listing users', 'restoring', 'reading the table', 'comparing the pool'],
  memberships: ['listing memberships', 'restoring', 'reading the table'],
};

/**
 * What is shown of an execution that runs. The time left was estimated when the progress was written, so what has passed
 * since is taken off.
 */
export function followedStatus(
  progress: ExecutionProgress | undefined,
  { now, startedAt }: { readonly now: number; readonly startedAt: number },
): FollowedStatus {
  const elapsed = Math.max(0, Math.round((now - startedAt) / 1000));
  if (progress === undefined)
    return { text: `Running for ${duration(now - startedAt)}`, data: { seconds_elapsed: elapsed } };
  const { phase, users, memberships, calls, secondsLeft, at } = progress;
  const percentDone = percentOf(progress);
  const secondsRemaining =
    secondsLeft === undefined ? undefined : Math.max(0, secondsLeft - Math.max(0, (now - Date.parse(at)) / 1000));
  return {
    text: [
      `${phase.charAt(0).toUpperCase()}${phase.slice(1)}`,
      ...amount(users, 'users', phase),
      ...amount(memberships, 'memberships', phase),
      ...(calls.perSecond === undefined ? [] : [`${calls.perSecond.toFixed(1)} calls/s`]),
    ].join(', '),
    ...(percentDone === undefined ? {} : { percentDone }),
    ...(secondsRemaining === undefined ? {} : { secondsRemaining }),
    data: {
      phase,
      seconds_elapsed: elapsed,
      users_done: users.done,
      ...(users.of === undefined ? {} : { users_total: users.of }),
      memberships_done: memberships.done,
      ...(memberships.of === undefined ? {} : { memberships_total: memberships.of }),
      calls_done: calls.done,
      ...(calls.left === undefined ? {} : { calls_left: calls.left }),
      ...(calls.perSecond === undefined ? {} : { calls_per_second: calls.perSecond }),
    },
  };
}

/** Which part of the work that a command follows an execution is, the first one 0, and of how many. */
export interface PartOfWork {
  readonly part: number;
  readonly of: number;
}

/**
 * What is shown of one part of the work after `shown` per cent of all of it: a later pass may find more to do, and what is
 * shown as done stays done.
 */
export function forwardOnly(
  status: FollowedStatus,
  { part, of }: PartOfWork,
  shown: number | undefined,
): FollowedStatus {
  const { percentDone } = status;
  if (percentDone === undefined) return status;
  return { ...status, percentDone: Math.max(shown ?? 0, (100 * part + percentDone) / of) };
}

const isBegun = ({ done }: DoneOf, what: keyof typeof BEGUN_IN, phase: WorkPhase): boolean =>
  done > 0 || BEGUN_IN[what].includes(phase);

const amount = ({ done, of }: DoneOf, what: keyof typeof BEGUN_IN, phase: WorkPhase): string[] =>
  (done === 0 && of === undefined) || !isBegun({ done }, what, phase)
    ? []
    : [`${number(done)}${of === undefined ? '' : ` of ${number(of)}`} ${what}`];

/** By the calls that remain, else by the users; never 100 before the end. */
function percentOf({ calls, users, phase }: ExecutionProgress): number | undefined {
  if (calls.left === undefined && !isBegun(users, 'users', phase)) return undefined;
  const { done, all } =
    calls.left === undefined
      ? { done: users.done, all: users.of ?? 0 }
      : { done: calls.done, all: calls.done + calls.left };
  return all === 0 ? undefined : Math.min(99, (done / all) * 100);
}
