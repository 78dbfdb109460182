import { Fault } from '../../../source/domain/errors.ts';
import type { PoolSettings, PoolUser, UserPoolDescription } from '../../../source/domain/model.ts';
import type { Page, UserPoolReader } from '../../../source/domain/ports.ts';
import { firstDigit, indexOfSub, Memberships, userOf } from '../population.ts';
import type { Shape } from '../population.ts';
import { SETTINGS } from '../settings.ts';
import type { CognitoGate } from './cognito-gate.ts';

const PAGE = 60;
export const SOURCE_POOL = 'us-east-1_BenchSrc1';

/** The pool that is exported: who exists and how often each was edited; everything else is arithmetic (Population). */
export class SourcePool implements UserPoolReader {
  readonly memberships: Memberships;
  readonly versions: Uint8Array;
  readonly #exists: Uint8Array;
  #users: number;
  #prefixes: Uint32Array[] | undefined;

  /** `capacity`: users that there can ever be, those added by churn included. */
  constructor(
    readonly shape: Shape,
    readonly capacity: number,
    private readonly gate: CognitoGate,
    readonly settings: PoolSettings = SETTINGS,
  ) {
    this.memberships = new Memberships(shape);
    this.versions = new Uint8Array(capacity);
    this.#exists = new Uint8Array(capacity).fill(1, 0, shape.users);
    this.#users = shape.users;
  }

  get users(): number {
    return this.#users;
  }

  /** Edits, removes and adds users, half, a quarter and a quarter of the share. */
  churn(share: number): { readonly edited: number; readonly removed: number; readonly added: number } {
    const touched = Math.max(4, Math.round(this.#users * share));
    const counts = { edited: Math.ceil(touched / 2), removed: Math.floor(touched / 4), added: Math.floor(touched / 4) };
    const step = Math.floor(this.shape.users / (counts.edited + counts.removed + 1));
    for (let n = 0, at = 11; n < counts.edited + counts.removed; n += 1, at += step) {
      const index = at % this.shape.users;
      if (n < counts.edited) this.versions[index] = (this.versions[index] as number) + 1;
      else this.#exists[index] = 0;
    }
    const next = this.#exists.lastIndexOf(1) + 1;
    if (next + counts.added > this.capacity) throw new RangeError('the pool has no room for so many new users');
    this.#exists.fill(1, next, next + counts.added);
    this.#users += counts.added - counts.removed;
    this.#prefixes = undefined;
    return counts;
  }

  describe = (poolId: string): Promise<UserPoolDescription> =>
    this.gate.call('DescribeUserPool', poolId, () => ({
      id: poolId,
      name: 'customers',
      region: 'us-east-1',
      settings: this.settings,
      estimatedNumberOfUsers: this.#users,
    }));

  listUsersPage = (
    poolId: string,
    { filter, token, limit = PAGE }: { readonly filter?: string; readonly token?: string; readonly limit?: number },
  ): Promise<Page<PoolUser>> =>
    this.gate.call('ListUsers', poolId, () => {
      const digit = /^sub \^= "([0-9a-f])"$/.exec(filter ?? '')?.[1];
      const sub = /^sub = "([0-9a-f-]+)"$/.exec(filter ?? '')?.[1];
      if (filter !== undefined && digit === undefined && sub === undefined)
        throw new Fault('FilterRefused', 'Cognito refused the filter.');
      if (sub !== undefined) {
        const index = indexOfSub(sub);
        return { items: index !== undefined && this.#exists[index] === 1 ? [userOf(index, this.versions[index])] : [] };
      }
      if (digit === undefined) return this.#page(token, limit, (place) => place, this.capacity);
      const list = this.#listOf(Number.parseInt(digit, 16));
      return this.#page(token, limit, (place) => list[place], list.length);
    });

  listGroupsPage = (
    poolId: string,
    { token }: { readonly token?: string },
  ): ReturnType<UserPoolReader['listGroupsPage']> =>
    this.gate.call('ListGroups', poolId, () => {
      const from = Number(token ?? 0);
      const { groups } = this.memberships;
      return {
        items: groups.slice(from, from + PAGE),
        ...(groups.length > from + PAGE ? { next: String(from + PAGE) } : {}),
      };
    });

  listUsersInGroupPage = (
    poolId: string,
    group: string,
    { token }: { readonly token?: string },
  ): Promise<Page<PoolUser>> =>
    this.gate.call('ListUsersInGroup', poolId, () => {
      const index = this.memberships.indexOf(group);
      return this.#page(token, PAGE, (place) => this.memberships.memberAt(index, place, this.capacity), Infinity);
    });

  /** A token is the place behind the last one looked at. */
  #page(
    token: string | undefined,
    limit: number,
    at: (place: number) => number | undefined,
    end: number,
  ): Page<PoolUser> {
    const items: PoolUser[] = [];
    for (let place = Number(token ?? 0); place < end; place += 1) {
      const index = at(place);
      if (index === undefined) break;
      if (this.#exists[index] !== 1) continue;
      if (items.length === limit) return { items, next: String(place) };
      items.push(userOf(index, this.versions[index]));
    }
    return { items };
  }

  #listOf(digit: number): Uint32Array {
    this.#prefixes ??= byDigit(this.capacity);
    return this.#prefixes[digit] as Uint32Array;
  }
}

function byDigit(capacity: number): Uint32Array[] {
  const counts = new Uint32Array(16);
  for (let index = 0; index < capacity; index += 1)
    counts[firstDigit(index)] = (counts[firstDigit(index)] as number) + 1;
  const lists = [...counts].map((count) => new Uint32Array(count));
  counts.fill(0);
  for (let index = 0; index < capacity; index += 1) {
    const digit = firstDigit(index);
    (lists[digit] as Uint32Array)[counts[digit] as number] = index;
    counts[digit] = (counts[digit] as number) + 1;
  }
  return lists;
}
