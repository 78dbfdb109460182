import { exportCell, groupsOf, importCell, noGroups, oneGroup, withAdministrators } from './cells.ts';
import type { Cell } from './cells.ts';
import type { BenchOptions } from './options.ts';
import type { PopulationShape } from './population.ts';
import type { BenchResults } from './results.ts';

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

/** What the services give; the slow jobs bound a restore at CognitoTPS 25, the fast ones leave that to the updates. */
export type Conditions = Pick<BenchOptions, 'jobSpeeds' | 'grantedShare'>;

/** Users that change from one day to the next, for the monthly cost. */
export const DAILY_CHURN = 0.02;

type Tps = Cell['callsPerSecond'];
const first = (shape: PopulationShape, callsPerSecond: Tps): Cell => exportCell({ shape, callsPerSecond });
const unchanged = (shape: PopulationShape, callsPerSecond: Tps): Cell =>
  exportCell({ shape, callsPerSecond, after: 'export' });
const churned = (shape: PopulationShape, callsPerSecond: Tps, churn: number): Cell =>
  exportCell({ shape, callsPerSecond, after: 'export', churn });
/** Half of the users that change are edited, the others removed and added in equal parts: every one is an item of the plan. */
const planned = (items: number, callsPerSecond: Tps): Cell[] => {
  const shape = noGroups(2 * items);
  return [
    first(shape, callsPerSecond),
    exportCell({ shape, callsPerSecond, after: 'export', churn: 0.5, plannedItems: items }),
  ];
};
const granted = (shape: PopulationShape, callsPerSecond: Tps, grantedShare: number): Cell =>
  exportCell({ shape, callsPerSecond, grantedShare });
const restored = (shape: PopulationShape, callsPerSecond: Tps, jobUsersPerSecond: number): Cell =>
  importCell({ shape, callsPerSecond, jobUsersPerSecond });
/** Pools that are listed in several chains at this rate, and in one after all where these take too many calls. */
const lateFilters = (users: number, jobUsersPerSecond: number): Cell[] => {
  const given = { shape: noGroups(users), callsPerSecond: 25, lateFilters: true } as const;
  return [exportCell(given), importCell({ ...given, jobUsersPerSecond })];
};
/** Half of the users have two names at sign-in; the second export has nobody to ask about. */
const asked = (users: number): Cell[] => {
  const shape = { ...noGroups(users), twoAddresses: users / 2 };
  return [first(shape, 25), unchanged(shape, 25)];
};
const firstAndRestored = (shape: PopulationShape, jobUsersPerSecond: number): Cell[] => [
  first(shape, 25),
  restored(shape, 25, jobUsersPerSecond),
];
const stateOf = (users: number, perUser: number, jobUsersPerSecond: number): Cell[] => {
  const shape = { users, groups: perUser * 1000, perUser };
  return [first(shape, 25), restored(shape, 25, jobUsersPerSecond)];
};

export function quickProfile({ jobSpeeds: { fast }, grantedShare }: Conditions): Profile {
  const shape = withAdministrators(groupsOf(150, 12));
  const cells = [first(shape, 25), unchanged(shape, 25), restored(shape, 25, fast)];
  return {
    measured: [cells],
    computed: [
      [granted(groupsOf(2000, 5), 25, grantedShare)],
      ...[3_200, 10_000].map((users) => lateFilters(users, fast)),
      asked(6_000),
      ...[oneGroup(10_000), oneGroup(20_000)].map((pool) => [first(pool, 10), churned(pool, 10, DAILY_CHURN)]),
    ],
    state: [stateOf(10_000, 3, fast), stateOf(20_000, 3, fast)],
    agreementPercent: 25,
  };
}

export function defaultProfile({ jobSpeeds: { slow, fast }, grantedShare }: Conditions): Profile {
  const inOneGroup = withAdministrators(oneGroup(10_000));
  const many = groupsOf(2000, 5);
  const measured = [
    [first(noGroups(10_000), 10)],
    [first(noGroups(100_000), 25), unchanged(noGroups(100_000), 25), churned(noGroups(100_000), 25, 0.01)],
    [first(oneGroup(100_000), 10)],
    [first(many, 25)],
    [granted(many, 25, grantedShare)],
    [first(inOneGroup, 25), restored(inOneGroup, 25, slow)],
    [first(inOneGroup, 25), restored(inOneGroup, 25, fast)],
  ];
  // The longest first, so that the last ones are short.
  const sizes = [500_000, 100_000, 10_000];
  return {
    measured,
    computed: [
      ...[1_000_000, ...sizes].map((users) => [
        first(oneGroup(users), 10),
        churned(oneGroup(users), 10, DAILY_CHURN),
        restored(oneGroup(users), 10, slow),
      ]),
      [first(groupsOf(10_000, 10), 25), restored(groupsOf(10_000, 10), 25, slow)],
      [
        first({ users: 100_000, groups: 200, perUser: 20 }, 25),
        restored({ users: 100_000, groups: 200, perUser: 20 }, 25, slow),
      ],
      [first(oneGroup(100_000), 25), restored(oneGroup(100_000), 25, slow)],
      planned(50_000, 25),
      ...[20_000, 3_200].map((users) => lateFilters(users, fast)),
      ...(['OPTIONAL', 'ON'] as const).map((mfa) => firstAndRestored({ ...noGroups(100_000), mfa }, slow)),
      asked(100_000),
      firstAndRestored({ ...oneGroup(100_000), identities: { federated: 10_000, linked: 10_000 } }, slow),
      ...sizes.map((users) => [first(noGroups(users), 10), restored(noGroups(users), 10, slow)]),
    ],
    state: [stateOf(1_000_000, 3, fast), stateOf(250_000, 3, fast)],
    agreementPercent: 10,
  };
}

/** Only cells whose id contains `text`, with those before them in their list. */
export function onlyCells(profile: Profile, text: string): Profile {
  const chosen = (lists: readonly (readonly Cell[])[]): Cell[][] =>
    lists
      .map((cells) => cells.slice(0, cells.findLastIndex(({ id }) => id.includes(text)) + 1))
      .filter((cells) => cells.length > 0);
  return {
    ...profile,
    measured: chosen(profile.measured),
    computed: chosen(profile.computed),
    state: chosen(profile.state),
  };
}

/** Results without the cells and pools that the profile no longer has. */
export function inProfile({ measured, computed, state }: Profile, results: BenchResults): BenchResults {
  const ids = new Set([...measured, ...computed, ...state].flat().map(({ id }) => id));
  const pools = new Set(state.flat().map(({ shape }) => shape.users));
  return {
    ...results,
    cells: results.cells.filter(({ id }) => ids.has(id)),
    state: results.state.filter(({ users }) => pools.has(users)),
  };
}
