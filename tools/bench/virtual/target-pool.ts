import type { PoolGroup, PoolUser } from '../../../source/domain/model.ts';
import { IMPORTED_STATUS, TEMPORARY_PASSWORD_STATUS } from '../../../source/domain/model.ts';
import type { UserFilter } from '../../simulation/cognito/filter.ts';
import { heldIdentities } from '../../simulation/cognito/identities.ts';
import type { HeldIdentity } from '../../simulation/cognito/identities.ts';
import type { Placed, SimulatedPool } from '../../simulation/cognito/pool.ts';
import { attributesOf, firstDigit, indexOfSub, indexOfUsername, subNumber, usernameOf } from '../population.ts';
import { IndexList } from './index-list.ts';
import { benchSettings } from './source-pool.ts';
import type { SourcePool } from './source-pool.ts';

/** Restored users have other subs. */
const SALT = 0x5bd1e995;
export const TARGET_POOL = 'eu-west-1_BenchNew1';
/** What a user of the pool can be, one byte each. */
const STATES = [IMPORTED_STATUS, TEMPORARY_PASSWORD_STATUS, 'CONFIRMED'].flatMap((status) => [
  { status, enabled: true },
  { status, enabled: false },
]);

/**
 * The new, empty pool. It takes users of the source's population only, so that a user is a number; who is made in place of a
 * user of an identity provider gets the next number of those, which nobody else has here.
 */
export class TargetPool implements SimulatedPool {
  readonly id = TARGET_POOL;
  readonly name = 'restored';
  readonly settings: SimulatedPool['settings'];
  onAccess: () => void = () => undefined;
  /** 0: absent; else the number of the state, from 1. */
  readonly #users: Uint8Array;
  /** Milliseconds since the epoch. */
  readonly #created: Float64Array;
  readonly #all = new IndexList();
  readonly #byDigit = Array.from({ length: 16 }, () => new IndexList());
  readonly #groups = new Map<string, { readonly group: PoolGroup; readonly members: IndexList }>();
  /** Usernames, by number, of those who were made in place of users of identity providers, and the reverse. */
  readonly #names = new Map<number, string>();
  readonly #indexes = new Map<string, number>();
  /** The attribute `identities`, by number, and who has an identity. */
  readonly #identities = new Map<number, string>();
  readonly #holders = new Map<string, number>();
  /** When the last member joined each group, milliseconds since the epoch. */
  readonly lastJoinAt = new Map<string, number>();
  /** When the last user was created one by one. */
  lastCreatedAt = 0;

  constructor(
    private readonly source: SourcePool,
    private readonly now: () => number,
  ) {
    this.settings = benchSettings(source.shape);
    this.#users = new Uint8Array(source.capacity);
    this.#created = new Float64Array(source.capacity);
  }

  get size(): number {
    return this.#all.length;
  }

  newSub(username: string): string {
    return subNumber(this.#indexOf(username), SALT);
  }

  find(login: string): PoolUser | undefined {
    const index = login.startsWith('user-')
      ? indexOfUsername(login)
      : (this.#indexes.get(login) ?? indexOfSub(login, SALT));
    return index === undefined || (this.#users[index] ?? 0) === 0 ? undefined : this.#user(index);
  }

  holderOf({ userId }: HeldIdentity): PoolUser | undefined {
    const index = this.#holders.get(userId);
    return index === undefined ? undefined : this.#user(index);
  }

  put({ username, status, enabled, created, attributes: { identities } }: PoolUser): void {
    const index = this.#indexOf(username);
    if (identities !== undefined) {
      this.#identities.set(index, identities);
      for (const { userId } of heldIdentities(identities)) this.#holders.set(userId, index);
    }
    const added = this.#users[index] === 0;
    this.#users[index] = 1 + STATES.findIndex((state) => state.status === status && state.enabled === enabled);
    if (!added) return;
    this.#created[index] = Date.parse(created);
    this.#all.push(index);
    (this.#byDigit[firstDigit(index, SALT)] as IndexList).push(index);
    if (status === TEMPORARY_PASSWORD_STATUS) this.lastCreatedAt = this.now();
  }

  usersAfter(place: number, filter: UserFilter | undefined): Iterable<Placed<PoolUser>> {
    const digit = filter?.attribute === 'sub' ? Number.parseInt(filter.value[0] ?? '', 16) : NaN;
    const named = filter?.operator === '=' ? this.find(filter.value) : undefined;
    if (named !== undefined) return place === 0 ? [{ place: 1, value: named }] : [];
    return this.#listed(this.#byDigit[digit] ?? this.#all, place);
  }

  *groupsAfter(place: number): Generator<Placed<PoolGroup>> {
    let next = 0;
    for (const { group } of this.#groups.values()) {
      next += 1;
      if (next > place) yield { place: next, value: group };
    }
  }

  hasGroup(name: string): boolean {
    return this.#groups.has(name);
  }

  putGroup(group: PoolGroup): void {
    const { members } = this.#groups.get(group.name) ?? { members: new IndexList() };
    this.#groups.set(group.name, { group, members });
  }

  membersAfter(group: string, place: number): Iterable<Placed<PoolUser>> {
    return this.#listed(this.#groups.get(group)?.members ?? new IndexList(), place);
  }

  join(username: string, group: string): void {
    this.#groups.get(group)?.members.push(this.#indexOf(username));
    this.lastJoinAt.set(group, this.now());
  }

  /** Nobody but the restore is at work in this pool, so it has nothing to take back. */
  leave(): void {
    throw new Error('nobody leaves a group of this pool');
  }

  #indexOf(username: string): number {
    if (username.startsWith('user-')) return indexOfUsername(username);
    const { users, identities } = this.source.shape;
    const index = this.#indexes.get(username) ?? users - (identities?.federated ?? 0) + this.#indexes.size;
    this.#indexes.set(username, index);
    this.#names.set(index, username);
    return index;
  }

  *#listed(list: IndexList, place: number): Generator<Placed<PoolUser>> {
    for (let next = place; next < list.length; next += 1) yield { place: next + 1, value: this.#user(list.at(next)) };
  }

  #user(index: number): PoolUser {
    const sub = subNumber(index, SALT);
    const created = new Date(this.#created[index] as number).toISOString();
    const { status, enabled } = STATES[(this.#users[index] as number) - 1] as (typeof STATES)[number];
    const username = this.#names.get(index);
    const identities = this.#identities.get(index);
    return {
      username: username ?? usernameOf(index),
      sub,
      attributes: {
        ...(username === undefined ? attributesOf(index, this.source.versions[index]) : {}),
        ...(identities === undefined ? {} : { identities }),
        sub,
      },
      enabled,
      status,
      created,
      modified: created,
    };
  }
}
