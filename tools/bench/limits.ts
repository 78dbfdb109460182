import type { Cell } from './cells.ts';
import type { PopulationShape } from './population.ts';
import { isDisabled, isUnverified } from './population.ts';

/** Cognito's largest page. */
const PAGE = 60;
const GROUPS_PER_SECOND = 4.5;
/** Users of a restore's first import job (CHUNK_LIMITS). */
const FIRST_CHUNK = 1000;

/** Calls that an export needs, and what bounds them. */
export function exportCalls({ users, groups, perUser, administrators = 0 }: PopulationShape): {
  readonly users: number;
  readonly groups: number;
  readonly pagesOfLargest: number;
} {
  const members = groups === 0 ? 0 : (users * perUser) / groups;
  const pagesOfLargest = groups === 0 ? 0 : Math.ceil(members / PAGE);
  const all = groups + (administrators > 0 ? 1 : 0);
  const small = administrators > 0 ? Math.max(1, Math.ceil(administrators / PAGE)) : 0;
  return {
    users: Math.ceil(users / PAGE),
    groups: Math.max(1, Math.ceil(all / PAGE)) + groups * Math.max(1, pagesOfLargest) + small,
    pagesOfLargest,
  };
}

/** Questions by which address users sign in: one for each who has two, and whom the backup does not know yet. */
export const signInQuestions = ({ shape, after }: Pick<Cell, 'shape' | 'after'>): number =>
  after === 'export' ? 0 : (shape.twoAddresses ?? 0);

/**
 * Seconds that no export can beat: (N/60 + questions)/T + max(calls for groups / T, pages of the largest group one after
 * the other).
 */
export function exportLimit(shape: PopulationShape, callsPerSecond: number, listingMs: number, questions = 0): number {
  const calls = exportCalls(shape);
  return (
    (calls.users + questions) / callsPerSecond +
    Math.max(calls.groups / callsPerSecond, (calls.pagesOfLargest * listingMs) / 1000)
  );
}

/** Of each app client, once a day: settings, both kinds of branding, threat protection. */
const CALLS_PER_CLIENT = 4;
const POOL_RESOURCE_CALLS_PER_SECOND = 4.5;

/** 1.15 of the limit and a minute; with many app clients, what asking for them takes at the rate of a pool's resources. */
export const exportBar = (limit: number, clients = 0): number =>
  1.15 * limit + 60 + (clients * CALLS_PER_CLIENT) / POOL_RESOURCE_CALLS_PER_SECOND;

/** Calls that an import needs beside those of its import jobs: what these cannot bring, the comparison, then identity providers. */
export function importCalls({ users, groups, perUser, administrators = 0, identities }: PopulationShape): {
  /** Who comes by import job or one by one. */
  readonly native: number;
  readonly groups: number;
  readonly updates: number;
  readonly comparison: number;
  readonly identities: number;
} {
  const { federated = 0, linked = 0 } = identities ?? {};
  const native = users - federated;
  const each = groups === 0 ? 0 : perUser;
  const all = groups + (administrators > 0 ? 1 : 0);
  const memberships = native * each + administrators;
  const disabled = countOf(native, isDisabled);
  return {
    native,
    groups: all,
    updates: all + memberships + disabled + 2 * countOf(native, isUnverified),
    comparison: all + (native + memberships) / PAGE,
    // A look and the link; or the user, its password, the link and what it has.
    identities: 2 * linked + (3 + each) * federated + countOf(users, isDisabled) - disabled,
  };
}

/** All of them, where the calls themselves are looked at. */
export function necessaryCalls(cell: Pick<Cell, 'workflow' | 'shape' | 'after'>): number {
  if (cell.workflow === 'export') {
    const { users, groups } = exportCalls(cell.shape);
    return users + groups + signInQuestions(cell);
  }
  const { updates, comparison, identities } = importCalls(cell.shape);
  return updates + comparison + identities;
}

/**
 * Seconds that no import can beat: the first import job, then the longer of the jobs and the updates, then the
 * comparison of what the pool holds, then what identity providers need.
 */
export function importLimit(shape: PopulationShape, callsPerSecond: number, jobUsersPerSecond: number): number {
  const { native, groups, updates, comparison, identities } = importCalls(shape);
  return (
    Math.min(FIRST_CHUNK, native) / jobUsersPerSecond +
    Math.max(native / jobUsersPerSecond, groups / GROUPS_PER_SECOND, updates / callsPerSecond) +
    (comparison + identities) / callsPerSecond
  );
}

/** Seconds that no run of a cell can beat, where a page of a listing takes `listingMs`. */
export const limitOf = (cell: Cell, listingMs: number): number =>
  cell.workflow === 'export'
    ? exportLimit(cell.shape, cell.callsPerSecond, listingMs, signInQuestions(cell))
    : importLimit(cell.shape, cell.callsPerSecond, cell.jobUsersPerSecond ?? 0);

/** 1.15 of the limit and three minutes. */
export const importBar = (limit: number): number => 1.15 * limit + 180;

function countOf(users: number, has: (index: number) => boolean): number {
  let count = 0;
  for (let index = 0; index < users; index += 1) if (has(index)) count += 1;
  return count;
}
