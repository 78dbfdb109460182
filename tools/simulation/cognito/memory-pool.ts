import { createHash } from 'node:crypto';
import type { ContactAttribute, PoolGroup, PoolUser } from '../../../source/domain/model.ts';
import { heldIdentities } from './identities.ts';
import type { HeldIdentity } from './identities.ts';
import { loginsOf } from './pool.ts';
import type { Placed, SimulatedPool } from './pool.ts';
import { PLAIN_SETTINGS } from './settings.ts';

/** A user as the pool holds it; `sequence` is its place in listings. */
export interface HeldUser {
  readonly sequence: number;
  user: PoolUser;
}

/** A group as the pool holds it. */
export interface HeldGroup {
  readonly sequence: number;
  group: PoolGroup;
  /** Usernames in order of joining, with their place in listings. */
  readonly members: Map<string, number>;
}

/** A pool whose users are all in memory. Tests change it directly (no call, no time). */
export class MemoryPool implements SimulatedPool {
  readonly users = new Map<string, HeldUser>();
  readonly groups = new Map<string, HeldGroup>();
  /** In a pool that takes either of two addresses: with which one each user signed up, by username. That never changes. */
  readonly signUps = new Map<string, ContactAttribute>();
  settings: SimulatedPool['settings'];
  name: string;
  onAccess: () => void = () => undefined;
  #sequence = 0;
  #subs = 0;
  #listing: HeldUser[] | undefined;
  /** Username, sub, and contact values that can sign in -> username. */
  readonly #logins = new Map<string, string>();
  /** Provider and id -> username. */
  readonly #identities = new Map<string, string>();

  constructor(
    readonly id: string,
    {
      settings = {},
      name = 'customers',
    }: { readonly settings?: Partial<SimulatedPool['settings']>; readonly name?: string } = {},
  ) {
    this.settings = { ...PLAIN_SETTINGS, ...settings };
    this.name = name;
  }

  get size(): number {
    return this.users.size;
  }

  newSub(): string {
    this.#subs += 1;
    const sub = subFor(`${this.id} ${this.#subs}`);
    return this.find(sub) === undefined ? sub : this.newSub();
  }

  /** `signUp`: of a user with both addresses it is the e-mail address, unless it is given. */
  put(user: PoolUser, signUp?: ContactAttribute): void {
    const held = this.users.get(user.username);
    if (this.settings.usernameAttributes.length > 1 && !this.signUps.has(user.username))
      this.signUps.set(user.username, signUp ?? (user.attributes.email === undefined ? 'phone_number' : 'email'));
    if (held === undefined) {
      this.#sequence += 1;
      const added = { sequence: this.#sequence, user };
      this.users.set(user.username, added);
      this.#listing?.push(added);
    } else {
      this.#forget(held.user);
      held.user = user;
    }
    for (const login of this.#loginsOf(user)) this.#logins.set(login, user.username);
    for (const identity of heldIdentities(user.attributes.identities))
      this.#identities.set(keyOf(identity), user.username);
  }

  remove(username: string): void {
    const held = this.users.get(username);
    if (held === undefined) return;
    this.#forget(held.user);
    this.users.delete(username);
    this.signUps.delete(username);
    this.#listing = undefined;
    for (const { members } of this.groups.values()) members.delete(username);
  }

  hasGroup(name: string): boolean {
    return this.groups.has(name);
  }

  putGroup(group: PoolGroup): void {
    const held = this.groups.get(group.name);
    if (held !== undefined) held.group = group;
    else {
      this.#sequence += 1;
      this.groups.set(group.name, { sequence: this.#sequence, group, members: new Map() });
    }
  }

  removeGroup(name: string): void {
    this.groups.delete(name);
  }

  join(username: string, groupName: string): void {
    const held = this.groups.get(groupName);
    if (held === undefined || !this.users.has(username))
      throw new Error(`no group ${groupName} or no user ${username}`);
    this.#sequence += 1;
    if (!held.members.has(username)) held.members.set(username, this.#sequence);
  }

  leave(username: string, groupName: string): void {
    this.groups.get(groupName)?.members.delete(username);
  }

  /** Users in the order of listings. */
  listing(): readonly HeldUser[] {
    this.#listing ??= [...this.users.values()];
    return this.#listing;
  }

  *usersAfter(place: number): Generator<Placed<PoolUser>> {
    const listing = this.listing();
    for (let at = indexAfter(listing, place); at < listing.length; at += 1) {
      const { sequence, user } = listing[at] as HeldUser;
      yield { place: sequence, value: user };
    }
  }

  *groupsAfter(place: number): Generator<Placed<PoolGroup>> {
    for (const { sequence, group } of this.groups.values())
      if (sequence > place) yield { place: sequence, value: group };
  }

  *membersAfter(groupName: string, place: number): Generator<Placed<PoolUser>> {
    for (const [username, sequence] of this.groups.get(groupName)?.members ?? []) {
      const user = sequence > place ? this.users.get(username)?.user : undefined;
      if (user !== undefined) yield { place: sequence, value: user };
    }
  }

  find(login: string): PoolUser | undefined {
    const username = this.#logins.get(this.settings.caseSensitive ? login : login.toLowerCase());
    return (this.users.get(login) ?? this.users.get(username ?? ''))?.user;
  }

  holderOf(identity: HeldIdentity): PoolUser | undefined {
    const username = this.#identities.get(keyOf(identity));
    return username === undefined ? undefined : this.users.get(username)?.user;
  }

  #loginsOf(user: PoolUser): string[] {
    return loginsOf(user, this.settings, this.signUps.get(user.username));
  }

  #forget(user: PoolUser): void {
    for (const identity of heldIdentities(user.attributes.identities)) this.#identities.delete(keyOf(identity));
    for (const login of this.#loginsOf(user)) if (this.#logins.get(login) === user.username) this.#logins.delete(login);
  }
}

const keyOf = ({ providerName, userId }: HeldIdentity): string => `${providerName} ${userId}`;

/** A `sub` as Cognito would generate it, always the same for the same seed text. */
export function subFor(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function indexAfter(listing: readonly HeldUser[], place: number): number {
  let low = 0;
  let high = listing.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((listing[middle] as HeldUser).sequence > place) high = middle;
    else low = middle + 1;
  }
  return low;
}
