import { exportCell, groupsOf, importCell, noGroups, oneGroup, withAdministrators } from './cells.ts';
import type { Cell } from './cells.ts';
import type { Shape } from './population.ts';

/** What a run of the benchmark does. Cells of one list share a pool and a launch, in this order. */
export interface Profile {
  /** Each is also computed with the latencies that were found. */
  readonly measured: readonly (readonly Cell[])[];
  readonly computed: readonly (readonly Cell[])[];
  /** Pools for which memory and time of the functions that hold state are looked at. */
  readonly state: readonly (readonly Cell[])[];
  /** How far the same cell may differ between the two ways, percent. */
  readonly agreementPercent: number;
}

/** Slower than any restore that the guide tells of, and one that the updates alone bound. */
const [SLOW_JOBS, FAST_JOBS] = [30, 300];
const GRANTED = 0.4;
/** Users that change from one day to the next, for the monthly cost. */
export const DAILY_CHURN = 0.02;

type Tps = Cell['callsPerSecond'];
const first = (shape: Shape, callsPerSecond: Tps): Cell => exportCell({ shape, callsPerSecond });
const unchanged = (shape: Shape, callsPerSecond: Tps): Cell => exportCell({ shape, callsPerSecond, after: 'export' });
const churned = (shape: Shape, callsPerSecond: Tps, churn: number): Cell => exportCell({ shape, callsPerSecond, after: 'export', churn });
const granted = (shape: Shape, callsPerSecond: Tps): Cell => exportCell({ shape, callsPerSecond, grantedShare: GRANTED });
const restored = (shape: Shape, callsPerSecond: Tps, jobUsersPerSecond: number): Cell => importCell({ shape, callsPerSecond, jobUsersPerSecond });
const stateOf = (users: number, perUser: number): Cell[] => {
  const shape = { users, groups: perUser * 1000, perUser };
  return [first(shape, 25), restored(shape, 25, FAST_JOBS)];
};

export function quickProfile(): Profile {
  const shape = withAdministrators(groupsOf(150, 12));
  const cells = [first(shape, 25), unchanged(shape, 25), restored(shape, 25, FAST_JOBS)];
  return {
    measured: [cells],
    computed: [
      [granted(groupsOf(2000, 5), 25)],
      ...[oneGroup(10_000), oneGroup(20_000)].map((pool) => [first(pool, 10), churned(pool, 10, DAILY_CHURN)]),
    ],
    state: [stateOf(10_000, 3), stateOf(20_000, 3)],
    agreementPercent: 25,
  };
}

export function defaultProfile(): Profile {
  const inOneGroup = withAdministrators(oneGroup(10_000));
  const many = groupsOf(2000, 5);
  const measured = [
    [first(noGroups(10_000), 10)],
    [first(noGroups(100_000), 25), unchanged(noGroups(100_000), 25), churned(noGroups(100_000), 25, 0.01)],
    [first(oneGroup(100_000), 10)],
    [first(many, 25)],
    [granted(many, 25)],
    [first(inOneGroup, 25), restored(inOneGroup, 25, SLOW_JOBS)],
    [first(inOneGroup, 25), restored(inOneGroup, 25, FAST_JOBS)],
  ];
  // The longest first, so that the last ones are short.
  const sizes = [500_000, 100_000, 10_000];
  return {
    measured,
    computed: [
      ...[1_000_000, ...sizes].map((users) => [first(oneGroup(users), 10), churned(oneGroup(users), 10, DAILY_CHURN), restored(oneGroup(users), 10, SLOW_JOBS)]),
      [first(groupsOf(10_000, 10), 25), restored(groupsOf(10_000, 10), 25, SLOW_JOBS)],
      [first({ users: 100_000, groups: 200, perUser: 20 }, 25), restored({ users: 100_000, groups: 200, perUser: 20 }, 25, SLOW_JOBS)],
      [first(oneGroup(100_000), 25), restored(oneGroup(100_000), 25, SLOW_JOBS)],
      ...sizes.map((users) => [first(noGroups(users), 10), restored(noGroups(users), 10, SLOW_JOBS)]),
    ],
    state: [stateOf(1_000_000, 3), stateOf(250_000, 3)],
    agreementPercent: 10,
  };
}

/** Only cells whose id contains `text`, with those before them in their list. */
export function onlyCells(profile: Profile, text: string): Profile {
  const chosen = (lists: readonly (readonly Cell[])[]): Cell[][] => lists.map((cells) => cells.slice(0, cells.findLastIndex(({ id }) => id.includes(text)) + 1)).filter((cells) => cells.length > 0);
  return { ...profile, measured: chosen(profile.measured), computed: chosen(profile.computed), state: chosen(profile.state) };
}
