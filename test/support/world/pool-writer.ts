import type { Attributes, PoolGroup, PoolUser } from '../../../source/domain/model.ts';
import type { NewUser, UserPoolWriter, WriteOutcome } from '../../../source/domain/ports.ts';
import type { Calls } from './calls.ts';
import { type MemoryPool, subFor } from './pool.ts';
import { poolOf } from './pool-reader.ts';

/** A message that Cognito would have sent to an end user; a restore must never cause one. */
export interface SentToUser {
  readonly username: string;
  readonly by: string;
}

/** Administrative writes to in-memory pools; calls are named `cognito.createUser`, `cognito.addUserToGroup`, ... */
export class MemoryPoolWriter implements UserPoolWriter {
  pacer: { take(): Promise<void> } | undefined;
  readonly sentToUsers: SentToUser[] = [];
  /** Passwords by username, for assertions about their strength. */
  readonly passwords = new Map<string, string>();
  readonly temporaryPasswords = new Map<string, string>();
  /** Lets a test refuse a write for one user: returns Cognito's exception name. */
  refuse: (call: string, username: string) => string | undefined = () => undefined;
  #created = 0;

  constructor(
    private readonly calls: Calls,
    private readonly pools: ReadonlyMap<string, MemoryPool>,
  ) {}

  createGroup = (poolId: string, { roleArn, ...group }: PoolGroup): Promise<void> =>
    this.#paced('createGroup', () => {
      if (roleArn !== undefined) throw new Error('a restored group never gets a role');
      poolOf(this.pools, poolId).putGroup(group);
    });

  createUser = (poolId: string, { username, attributes, temporaryPassword }: NewUser): Promise<WriteOutcome> =>
    this.#write('createUser', username, () => {
      this.#created += 1;
      this.temporaryPasswords.set(username, temporaryPassword);
      return newUser(poolOf(this.pools, poolId), {
        username,
        attributes,
        status: 'FORCE_CHANGE_PASSWORD',
        seed: `created ${this.#created}`,
        now: this.calls.clock.now(),
      });
    });

  setPassword = (poolId: string, username: string, password: string): Promise<WriteOutcome> =>
    this.#change('setPassword', poolId, username, (pool, user) => {
      this.passwords.set(user.username, password);
      pool.put({ ...user, status: 'CONFIRMED' });
    });

  disableUser = (poolId: string, username: string): Promise<WriteOutcome> =>
    this.#change('disableUser', poolId, username, (pool, user) => pool.put({ ...user, enabled: false }));

  addUserToGroup = (poolId: string, username: string, group: string): Promise<WriteOutcome> =>
    this.#change('addUserToGroup', poolId, username, (pool, user) => {
      if (!pool.groups.has(group)) return { refused: 'ResourceNotFoundException' };
      pool.join(user.username, group);
      return undefined;
    });

  updateAttributes = (poolId: string, username: string, attributes: Attributes): Promise<WriteOutcome> =>
    this.#change('updateAttributes', poolId, username, (pool, user) => {
      if ('email' in attributes || 'phone_number' in attributes)
        this.sentToUsers.push({ username: user.username, by: 'updateAttributes' });
      const fixed = Object.keys(attributes).some(
        (name) => pool.settings.schema.find((entry) => entry.name === name)?.mutable === false,
      );
      if (fixed) return { refused: 'InvalidParameterException' };
      const changed = { ...user.attributes, ...attributes };
      pool.put({
        ...user,
        attributes: Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== '')),
      });
      return undefined;
    });

  #change(
    call: string,
    poolId: string,
    username: string,
    apply: (pool: MemoryPool, user: PoolUser) => WriteOutcome | undefined | void,
  ): Promise<WriteOutcome> {
    return this.#write(call, username, () => {
      const pool = poolOf(this.pools, poolId);
      const user = pool.find(username);
      if (user === undefined) return { refused: 'UserNotFoundException' };
      return apply(pool, user) ?? 'done';
    });
  }

  #write(call: string, username: string, effect: () => WriteOutcome): Promise<WriteOutcome> {
    return this.#paced(call, () => {
      const refused = this.refuse(call, username);
      return refused === undefined ? effect() : { refused };
    });
  }

  async #paced<T>(call: string, effect: () => T): Promise<T> {
    await this.pacer?.take();
    return this.calls.run(`cognito.${call}`, effect);
  }
}

/** Creates a user by Cognito's rules; names the exception when one forbids it. Shared with import jobs. */
export function newUser(
  pool: MemoryPool,
  {
    username,
    attributes,
    status,
    seed,
    now,
  }: {
    readonly username: string;
    readonly attributes: Attributes;
    readonly status: string;
    readonly seed: string;
    readonly now: number;
  },
): WriteOutcome {
  if ('sub' in attributes || 'identities' in attributes) return { refused: 'InvalidParameterException' };
  if (!/^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u.test(username)) return { refused: 'InvalidParameterException' };
  const { usernameAttributes, schema } = pool.settings;
  // "Preferred username cannot be provided for unconfirmed account": so Cognito where it is an alias.
  if (
    status === 'FORCE_CHANGE_PASSWORD' &&
    'preferred_username' in attributes &&
    pool.settings.aliasAttributes.includes('preferred_username')
  )
    return { refused: 'InvalidParameterException' };
  if (Object.keys(attributes).some((name) => !schema.some((entry) => entry.name === name)))
    return { refused: 'InvalidParameterException' };
  const sub = subFor(`${pool.id} ${seed}`);
  const kept: Record<string, string> = {
    ...Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== '')),
    sub,
  };
  if (usernameAttributes.length > 0) {
    const contact = usernameAttributes.find((name) =>
      name === 'email' ? username.includes('@') : /^\+\d+$/.test(username),
    );
    if (contact === undefined) return { refused: 'InvalidParameterException' };
    kept[contact] ??= username;
  }
  // AdminCreateUser takes users without an attribute that the pool requires; an import job does not.
  if (status !== 'FORCE_CHANGE_PASSWORD' && schema.some((entry) => entry.required && (kept[entry.name] ?? '') === ''))
    return { refused: 'InvalidParameterException' };
  const iso = new Date(now).toISOString();
  const user: PoolUser = {
    username: usernameAttributes.length > 0 ? sub : username,
    sub,
    attributes: kept,
    enabled: true,
    status,
    created: iso,
    modified: iso,
  };
  const taken = pool
    .loginsOf(user)
    .filter((login) => login !== sub)
    .map((login) => pool.find(login))
    .find((other) => other !== undefined);
  if (taken !== undefined)
    return { refused: pool.find(username) === undefined ? 'AliasExistsException' : 'UsernameExistsException' };
  pool.put(user);
  return 'done';
}
