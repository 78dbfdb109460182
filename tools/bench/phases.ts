import { meanPerSecond } from './call-figures.ts';
import type { Cell } from './cells.ts';
import { atLeast, atMost } from './results.ts';
import type { CellResult, Check, Usage } from './results.ts';
import { exportBar, exportCalls, importBar, necessaryCalls, signInQuestions } from './limits.ts';

/** The bar on the mean rate applies where so many seconds of calls are due. */
const LONG_PHASE_SECONDS = 60;
/** Chains of pages at a time (SyncUsersInGroup); fewer groups than that are bound by their pages' latency. */
const MANY_GROUPS = 12;
const MEAN = 0.87;
/** Where jobs bring so many times more memberships than can be made, updates wait for no job: a chunk is at most twice the one before. */
const JOBS_AHEAD = 2;
export const HISTORY_EVENTS = 2000;
/** A restore of many hours needs an invocation every nine minutes, however few groups it has: then half of what Step Functions allows. */
export const HISTORY_EVENTS_OF_LONG_RUNS = 12_500;
const LONG_RUN_SECONDS = 12 * 3600;
const MEMORY_MB = 512;
const UNCHANGED_ITEMS = 20;
/** So long the table is between two sealed runs, for a plan of 50,000 items. */
const APPLICATION_SECONDS = 60;
/** Where the pool's own traffic takes most of the quota. */
const THROTTLED_SHARE = 0.05;
const SLOWER = 1.3;
/** Of a restore into a pool with MFA, or with identity providers; of an export that asks by which address users sign in. */
const OVER_NECESSARY = 1.15;
/** Calls where filters are of no use, over those where they are. */
const MORE_CALLS = 1.3;

/**
 * Mean rate of the slowest of the phases that are long enough and that neither a latency nor an import job bounds;
 * undefined when there is none.
 */
export function boundlessMean(
  cell: Cell,
  timesOf: (...actions: readonly string[]) => readonly number[] | Float64Array,
): number | undefined {
  const { workflow, shape, callsPerSecond, jobUsersPerSecond = 0, grantedShare, lateFilters } = cell;
  // One chain is bound by its latency.
  if (grantedShare !== undefined || lateFilters === true) return undefined;
  const phases =
    workflow === 'export'
      ? // Users that seem gone are looked up by ListUsers too, long after the listing.
        [
          Array.from(timesOf('ListUsers', 'AdminListGroupsForUser')).slice(
            0,
            exportCalls(shape).users + signInQuestions(cell),
          ),
          ...(shape.groups >= MANY_GROUPS ? [timesOf('ListUsersInGroup')] : []),
        ]
      : jobUsersPerSecond * shape.perUser >= JOBS_AHEAD * callsPerSecond
        ? [after(timesOf('CreateGroup').at(-1) ?? 0, within(timesOf(), timesOf('AdminAddUserToGroup')))]
        : [];
  const means = phases.filter((times) => times.length / callsPerSecond >= LONG_PHASE_SECONDS).map(meanPerSecond);
  return means.length === 0 ? undefined : Math.min(...means);
}

/** The times from the first to the last of others; both ascending. */
const within = (times: ArrayLike<number>, others: ArrayLike<number>): number[] =>
  others.length === 0
    ? []
    : Array.from(times).filter(
        (time) => time >= (others[0] as number) && time <= (others[others.length - 1] as number),
      );

/** Creating groups has a limit of its own. */
const after = (begin: number, times: readonly number[]): number[] => times.filter((time) => time > begin);

/** All bars that apply to a cell. */
export function checksOf(
  cell: Cell,
  found: {
    readonly seconds: number;
    readonly limitSeconds: number;
    readonly maxInASecond: number;
    readonly mean: number | undefined;
    readonly throttled: number;
    readonly calls: number;
    readonly callSeconds: number;
    readonly usage: Usage;
    readonly application?: CellResult['application'] | undefined;
    /** Of a cell with late filters: calls of the same cell without. */
    readonly ordinaryCalls?: number | undefined;
  },
): Check[] {
  const { callsPerSecond, workflow, after, churn, grantedShare, plannedItems } = cell;
  const { seconds, limitSeconds, usage, mean, application, ordinaryCalls } = found;
  const bar = workflow === 'export' ? exportBar(limitSeconds, cell.clients) : importBar(limitSeconds);
  return [
    ...(grantedShare === undefined
      ? [atMost('seconds', seconds, bar)]
      : [
          atMost(
            'seconds of calls',
            found.callSeconds,
            (SLOWER * (found.calls - found.throttled)) / (grantedShare * callsPerSecond),
          ),
          atMost('throttled share of calls', found.throttled / found.calls, THROTTLED_SHARE),
        ]),
    atMost('calls in any second', found.maxInASecond, callsPerSecond),
    ...(mean === undefined ? [] : [atLeast('mean calls per second', mean, MEAN * callsPerSecond)]),
    atMost(
      'history events',
      usage.historyEvents,
      seconds > LONG_RUN_SECONDS ? HISTORY_EVENTS_OF_LONG_RUNS : HISTORY_EVENTS,
    ),
    ...Object.entries(usage.peakMemoryMb).map(([name, value]) => atMost(`memory of ${name}, MB`, value, MEMORY_MB)),
    ...(after === 'export' && churn === undefined
      ? [atMost('items written', usage.itemsWritten, UNCHANGED_ITEMS)]
      : []),
    ...(ordinaryCalls === undefined
      ? []
      : [atMost('calls over those of filters that come first', found.calls / ordinaryCalls, MORE_CALLS)]),
    ...((workflow === 'import' && (cell.shape.mfa ?? cell.shape.identities) !== undefined) || signInQuestions(cell) > 0
      ? [atMost('calls over the necessary ones', found.calls / necessaryCalls(cell), OVER_NECESSARY)]
      : []),
    ...(plannedItems === undefined
      ? []
      : [
          atLeast('items of the applied plan', application?.items ?? 0, plannedItems),
          atMost('application of the plan, s', application?.seconds ?? Infinity, APPLICATION_SECONDS),
        ]),
  ];
}
