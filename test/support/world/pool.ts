import { createHash } from 'node:crypto';
import type { PoolGroup, PoolSettings, PoolUser } from '../../../source/domain/model.ts';

/** A user as the pool holds it; `sequence` is its place in listings. */
export interface HeldUser {
  readonly sequence: number;
  user: PoolUser;
}

export interface HeldGroup {
  group: PoolGroup;
  /** Usernames in order of joining, with their place in listings. */
  readonly members: Map<string, number>;
}

export const PLAIN_SETTINGS: PoolSettings = {
  usernameAttributes: [],
  aliasAttributes: [],
  caseSensitive: false,
  autoVerifiedAttributes: ['email'],
  mfaConfiguration: 'OFF',
  schema: [
    ...[
      'sub',
      'name',
      'given_name',
      'family_name',
      'middle_name',
      'nickname',
      'preferred_username',
      'profile',
      'picture',
      'website',
      'email',
      'gender',
      'birthdate',
      'zoneinfo',
      'locale',
      'phone_number',
      'address',
    ].map((name) => ({
      name,
      type: 'String' as const,
      mutable: name !== 'sub',
      required: name === 'sub',
      min: '0',
      max: '2048',
    })),
    ...['email_verified', 'phone_number_verified'].map((name) => ({
      name,
      type: 'Boolean' as const,
      mutable: true,
      required: false,
    })),
    { name: 'updated_at', type: 'Number', mutable: true, required: false, min: '0' },
  ],
  triggers: [],
};

/** What one user pool holds. Tests change it directly (no call, no time); the ports read and change it by calls. */
export class MemoryPool {
  readonly users = new Map<string, HeldUser>();
  readonly groups = new Map<string, HeldGroup>();
  settings: PoolSettings;
  name: string;
  /** Runs before every access: a running import job brings its users in. */
  onAccess: () => void = () => undefined;
  #sequence = 0;
  #listing: HeldUser[] | undefined;
  /** Lower-cased username, sub, and contact values that can sign in -> username. */
  readonly #logins = new Map<string, string>();

  constructor(
    readonly id: string,
    { settings = {}, name = 'customers' }: { readonly settings?: Partial<PoolSettings>; readonly name?: string } = {},
  ) {
    this.settings = { ...PLAIN_SETTINGS, ...settings };
    this.name = name;
  }

  get region(): string {
    return this.id.split('_')[0] as string;
  }

  put(user: PoolUser): void {
    const held = this.users.get(user.username);
    if (held === undefined) {
      this.#sequence += 1;
      const fresh = { sequence: this.#sequence, user };
      this.users.set(user.username, fresh);
      this.#listing?.push(fresh);
    } else {
      this.#forget(held.user);
      held.user = user;
    }
    for (const login of this.loginsOf(user)) this.#logins.set(login, user.username);
  }

  remove(username: string): void {
    const held = this.users.get(username);
    if (held === undefined) return;
    this.#forget(held.user);
    this.users.delete(username);
    this.#listing = undefined;
    for (const { members } of this.groups.values()) members.delete(username);
  }

  putGroup(group: PoolGroup): void {
    const held = this.groups.get(group.name);
    if (held === undefined) this.groups.set(group.name, { group, members: new Map() });
    else held.group = group;
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

  /** The user whom a username, sub, or sign-in value names. */
  find(login: string): PoolUser | undefined {
    const exact = this.users.get(login)?.user;
    const username = this.#logins.get(this.#fold(login));
    return exact ?? (username === undefined ? undefined : this.users.get(username)?.user);
  }

  /** Values by which the user can be found: all must be unique in the pool. */
  loginsOf({ username, sub, attributes }: PoolUser): string[] {
    const contacts = this.settings.usernameAttributes.flatMap((name) => attributes[name] ?? []);
    const aliases = this.settings.aliasAttributes.flatMap((name) =>
      name === 'preferred_username' || attributes[`${name}_verified`] === 'true' ? (attributes[name] ?? []) : [],
    );
    return [username, sub, ...contacts, ...aliases].map((value) => this.#fold(value));
  }

  #fold = (value: string): string => (this.settings.caseSensitive ? value : value.toLowerCase());

  #forget(user: PoolUser): void {
    for (const login of this.loginsOf(user)) if (this.#logins.get(login) === user.username) this.#logins.delete(login);
  }
}

/** A `sub` as Cognito would generate it, always the same for the same seed text. */
export function subFor(seed: string): string {
  const hex = createHash('sha256').update(seed).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
