import { Halt } from '../../../source/domain/errors.ts';
import type { ContactAttribute, PoolGroup, PoolSettings, PoolUser } from '../../../source/domain/model.ts';
import type { UserFilter } from './filter.ts';
import type { HeldIdentity } from './identities.ts';
import type { ImportSettings } from './settings.ts';

/** An entry of a listing; its place, a number above 0, is what a pagination token remembers. */
export interface Placed<T> {
  readonly place: number;
  readonly value: T;
}

/** An identity provider of a pool, and the attributes that it sets at sign-in. */
export interface SimulatedProvider {
  readonly name: string;
  readonly mapped: readonly string[];
  /** ProviderType; by its name where it is absent. */
  readonly type?: string;
}

/** A user pool as far as it can be listed, wherever its users lie; SimulatedPoolReader has the rules. */
export interface PoolListings {
  readonly id: string;
  readonly name: string;
  readonly settings: PoolSettings &
    Pick<ImportSettings, 'passwordless'> & {
      readonly acceptsSignUps?: boolean;
      readonly deletionProtected?: boolean;
      readonly identityProviders?: readonly SimulatedProvider[];
    };
  /** Users. */
  readonly size: number;
  /** Runs before every call: a running import job brings its users in. */
  readonly onAccess: () => void;
  /** Users behind a place in the order of listings; at least those whom the filter lets through. */
  usersAfter(place: number, filter: UserFilter | undefined): Iterable<Placed<PoolUser>>;
  groupsAfter(place: number): Iterable<Placed<PoolGroup>>;
  /** Members of a group behind a place; nobody where the group does not exist. */
  membersAfter(group: string, place: number): Iterable<Placed<PoolUser>>;
  /** The user whom a username, sub, or sign-in value names. */
  find(login: string): PoolUser | undefined;
}

/** A user pool that can be changed; SimulatedPoolWriter and SimulatedImportJobs have the rules. */
export interface SimulatedPool extends PoolListings {
  onAccess: () => void;
  /** A `sub` that no user of the pool has. */
  newSub(username: string): string;
  /** The user who signed in by the identity, or to whom it is linked. */
  holderOf(identity: HeldIdentity): PoolUser | undefined;
  /** Adds or replaces the user of that username. `signUp`: with which of two addresses a new one signs up. */
  put(user: PoolUser, signUp?: ContactAttribute): void;
  hasGroup(name: string): boolean;
  /** Adds or replaces the group of that name. */
  putGroup(group: PoolGroup): void;
  /** Makes a user of the pool a member of one of its groups. */
  join(username: string, group: string): void;
  /** Ends a membership, if there is one. */
  leave(username: string, group: string): void;
}

/** The pool that a call names, brought up to date. */
export function poolOf<P extends PoolListings>(pools: ReadonlyMap<string, P>, poolId: string): P {
  const pool = pools.get(poolId);
  if (pool === undefined) throw new Halt('UserPoolNotFound', `The user pool ${poolId} does not exist in this Region.`);
  pool.onAccess();
  return pool;
}

/**
 * Values by which a user can be found: all must be unique in the pool. Where it takes either of two addresses, that is only
 * the one of `signUp`.
 */
export function loginsOf(
  { username, sub, attributes }: PoolUser,
  { usernameAttributes, aliasAttributes, caseSensitive }: PoolSettings,
  signUp?: ContactAttribute,
): string[] {
  const names = usernameAttributes.length > 1 && signUp !== undefined ? [signUp] : usernameAttributes;
  const contacts = names.flatMap((name) => attributes[name] ?? []);
  const aliases = aliasAttributes.flatMap((name) =>
    name === 'preferred_username' || attributes[`${name}_verified`] === 'true' ? (attributes[name] ?? []) : [],
  );
  const logins = [username, sub, ...contacts, ...aliases];
  return caseSensitive ? logins : logins.map((login) => login.toLowerCase());
}
