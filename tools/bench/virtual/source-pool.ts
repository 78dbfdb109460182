import type { PoolGroup, PoolSettings, PoolUser } from '../../../source/domain/model.ts';
import type { UserFilter } from '../../simulation/cognito/filter.ts';
import type { PoolListings, Placed, SimulatedPool } from '../../simulation/cognito/pool.ts';
import { PLAIN_SETTINGS } from '../../simulation/cognito/settings.ts';
import { firstDigit, indexOfAddress, indexOfSub, memberOf, Memberships, PROVIDER } from '../population.ts';
import type { PopulationShape } from '../population.ts';

export const SOURCE_POOL = 'us-east-1_BenchSrc1';
/** Both pools: as CreateUserPool makes them when only an auto-verified e-mail address is asked for, and case counts. */
export const SETTINGS: PoolSettings = { ...PLAIN_SETTINGS, caseSensitive: true };

/** With the names at sign-in, the MFA and the identity provider of the shape. */
export const benchSettings = ({ mfa, identities, twoAddresses }: PopulationShape): PoolSettings => ({
  ...SETTINGS,
  ...(mfa === undefined ? {} : { mfaConfiguration: mfa, mfa: { factors: ['SOFTWARE_TOKEN_MFA'] } }),
  ...(identities === undefined ? {} : { identityProviders: [PROVIDER] }),
  ...(twoAddresses === undefined ? {} : { usernameAttributes: ['email', 'phone_number'] }),
});

/** The pool that is exported: who exists and how often each was edited; everything else is arithmetic (Population). */
export class SourcePool implements PoolListings {
  readonly id = SOURCE_POOL;
  readonly name = 'customers';
  readonly settings: SimulatedPool['settings'];
  readonly memberships: Memberships;
  readonly versions: Uint8Array;
  readonly #exists: Uint8Array;
  #users: number;
  #prefixes: Uint32Array[] | undefined;

  /** `capacity`: users that there can ever be, those added by churn included. */
  constructor(
    readonly shape: PopulationShape,
    readonly capacity: number,
  ) {
    this.settings = benchSettings(shape);
    this.memberships = new Memberships(shape);
    this.versions = new Uint8Array(capacity);
    this.#exists = new Uint8Array(capacity).fill(1, 0, shape.users);
    this.#users = shape.users;
  }

  readonly onAccess = (): void => undefined;

  get size(): number {
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

  *usersAfter(place: number, filter: UserFilter | undefined): Generator<Placed<PoolUser>> {
    const { length, at } = this.#indexes(filter);
    for (let next = place; next < length; next += 1) yield* this.#existing(at(next), next + 1);
  }

  *groupsAfter(place: number): Generator<Placed<PoolGroup>> {
    const { groups } = this.memberships;
    for (let next = place; next < groups.length; next += 1) yield { place: next + 1, value: groups[next] as PoolGroup };
  }

  *membersAfter(name: string, place: number): Generator<Placed<PoolUser>> {
    const group = this.memberships.indexOf(name);
    for (let next = place; ; next += 1) {
      const index = this.memberships.memberAt(group, next, this.capacity);
      if (index === undefined) return;
      yield* this.#existing(index, next + 1);
    }
  }

  find(login: string): PoolUser | undefined {
    const index = indexOfSub(login) ?? indexOfAddress(this.shape, login);
    return index === undefined || this.#exists[index] !== 1 ? undefined : this.userAt(index);
  }

  /** The user of this number, as it is or in an older version, whether it exists or not. */
  userAt(index: number, version = this.versions[index]): PoolUser {
    return memberOf(this.shape, index, version);
  }

  *#existing(index: number, place: number): Generator<Placed<PoolUser>> {
    if (this.#exists[index] === 1) yield { place, value: this.userAt(index) };
  }

  /** Where a listing with this filter finds users: the fewest that this pool knows at once. */
  #indexes(filter: UserFilter | undefined): { readonly length: number; readonly at: (place: number) => number } {
    if (filter?.attribute === 'sub' && filter.operator === '=') {
      const index = indexOfSub(filter.value);
      return { length: index === undefined ? 0 : 1, at: () => index as number };
    }
    if (filter?.attribute === 'sub' && /^[0-9a-f]$/.test(filter.value)) {
      const list = this.#listOf(Number.parseInt(filter.value, 16));
      return { length: list.length, at: (place) => list[place] as number };
    }
    return { length: this.capacity, at: (place) => place };
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
