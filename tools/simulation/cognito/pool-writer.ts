import type { Attributes, PoolGroup, PoolRecovery, PoolUser } from '../../../source/domain/model.ts';
import { FEDERATED_STATUS, TEMPORARY_PASSWORD_STATUS } from '../../../source/domain/model.ts';
import type { NewUser, Refusal, UserPoolWriter, WriteOutcome } from '../../../source/domain/ports.ts';
import { writesPaused } from '../../../source/domain/recovery/paused-writes.ts';
import type { ServiceCalls } from '../service-calls.ts';
import { heldIdentities, linkRefusal, withIdentity } from './identities.ts';
import { newUser } from './new-user.ts';
import { moveAlias, takesAName } from './moved-aliases.ts';
import { poolOf } from './pool.ts';
import type { SimulatedPool } from './pool.ts';

/** A message that Cognito would have sent to an end user; a restore must never cause one. */
export interface SentToUser {
  readonly username: string;
  readonly by: string;
}

const MAX_INT = 2_147_483_647;
/** GroupNameType of Cognito's service model. */
const GROUP_NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;

/** Administrative writes to simulated pools; calls are named `cognito.createUser`, `cognito.addUserToGroup`, ... */
export class SimulatedPoolWriter implements UserPoolWriter {
  readonly sentToUsers: SentToUser[] = [];
  /** Passwords by username, for assertions about their strength. */
  readonly passwords = new Map<string, string>();
  readonly temporaryPasswords = new Map<string, string>();
  /** Lets a test refuse a write for one user or group: returns Cognito's exception name. */
  refuse: (call: string, name: string) => string | undefined = () => undefined;

  /** AWS's own recovery that pauses the writes of a pool. */
  pausedBy: (poolId: string) => PoolRecovery | undefined = () => undefined;

  /** Every write to a user moves UserLastModifiedDate; which ones do is not documented. */
  datesWrites = false;

  constructor(
    private readonly calls: ServiceCalls,
    private readonly pools: ReadonlyMap<string, SimulatedPool>,
  ) {}

  /** Roles that the caller may pass (iam:PassRole). */
  passableRoles: ReadonlySet<string> = new Set();

  createGroup = (poolId: string, group: PoolGroup): Promise<WriteOutcome> =>
    this.#write('createGroup', poolId, group.name, (pool) => {
      if (group.roleArn !== undefined && !this.passableRoles.has(group.roleArn))
        return { refused: 'AccessDeniedException' };
      // The service cannot even read it: precedences are Java's int.
      if ((group.precedence ?? 0) > MAX_INT) return { refused: 'SerializationException' };
      if (!GROUP_NAME.test(group.name) || (group.description ?? '').length > 2_048)
        return { refused: 'InvalidParameterException' };
      pool.putGroup(group);
      return 'done';
    });

  createUser = (
    poolId: string,
    { username, attributes, temporaryPassword }: NewUser,
  ): Promise<{ readonly sub: string } | Refusal> =>
    this.#write('createUser', poolId, username, (pool) => {
      this.temporaryPasswords.set(username, temporaryPassword);
      return newUser(pool, { username, attributes, status: TEMPORARY_PASSWORD_STATUS, now: this.calls.clock.now() });
    });

  setPassword = (poolId: string, username: string, password: string): Promise<WriteOutcome> =>
    this.#change('setPassword', poolId, username, (pool, user) => {
      this.passwords.set(user.username, password);
      pool.put({ ...user, status: 'CONFIRMED' });
    });

  disableUser = (poolId: string, username: string): Promise<WriteOutcome> =>
    this.#change('disableUser', poolId, username, (pool, user) => pool.put({ ...user, enabled: false }));

  enableUser = (poolId: string, username: string): Promise<WriteOutcome> =>
    this.#change('enableUser', poolId, username, (pool, user) => pool.put({ ...user, enabled: true }));

  addUserToGroup = (poolId: string, username: string, group: string): Promise<WriteOutcome> =>
    this.#change('addUserToGroup', poolId, username, (pool, user) => {
      if (!pool.hasGroup(group)) return { refused: 'ResourceNotFoundException' };
      pool.join(user.username, group);
      return undefined;
    });

  removeUserFromGroup = (poolId: string, username: string, group: string): Promise<WriteOutcome> =>
    this.#change('removeUserFromGroup', poolId, username, (pool, user) => {
      if (!pool.hasGroup(group)) return { refused: 'ResourceNotFoundException' };
      pool.leave(user.username, group);
      return undefined;
    });

  linkIdentity = (
    poolId: string,
    username: string,
    { provider: providerName, id: userId }: { readonly provider: string; readonly id: string },
  ): Promise<WriteOutcome> =>
    this.#change('linkIdentity', poolId, username, (pool, user) => {
      const source = { providerName, userId };
      const holder = pool.holderOf(source);
      const { schema, identityProviders = [] } = pool.settings;
      const refused = linkRefusal({
        source,
        providers: identityProviders.map(({ name }) => name),
        held: heldIdentities(user.attributes.identities),
        hasImmutable: schema.some(({ name, mutable }) => !mutable && name !== 'sub' && name in user.attributes),
        holder:
          holder === undefined
            ? undefined
            : holder.sub === user.sub
              ? 'same'
              : holder.status === FEDERATED_STATUS
                ? 'signedIn'
                : 'other',
      });
      if (refused !== undefined) return { refused };
      const identities = withIdentity(user.attributes.identities, source, this.calls.clock.now());
      pool.put({ ...user, attributes: { ...user.attributes, identities } });
      return undefined;
    });

  updateAttributes = (poolId: string, username: string, attributes: Attributes): Promise<WriteOutcome> =>
    this.#change('updateAttributes', poolId, username, (pool, user) => {
      const { autoVerifiedAttributes } = pool.settings;
      if (autoVerifiedAttributes.some((name) => name in attributes && attributes[`${name}_verified`] !== 'true'))
        this.sentToUsers.push({ username: user.username, by: 'updateAttributes' });
      const fixed = Object.keys(attributes).some(
        (name) => pool.settings.schema.find((entry) => entry.name === name)?.mutable === false,
      );
      if (fixed) return { refused: 'InvalidParameterException' };
      const values = Object.entries({ ...user.attributes, ...attributes }).filter(([, value]) => value !== '');
      const changed = { ...user, attributes: Object.fromEntries(values) };
      if (takesAName(pool, changed)) return { refused: 'AliasExistsException' };
      for (const alias of ['email', 'phone_number'] as const) moveAlias(pool, changed, alias);
      pool.put(changed);
      return undefined;
    });

  #change(
    method: string,
    poolId: string,
    username: string,
    apply: (pool: SimulatedPool, user: PoolUser) => WriteOutcome | undefined | void,
  ): Promise<WriteOutcome> {
    return this.#write(method, poolId, username, (pool) => {
      const user = pool.find(username);
      if (user === undefined) return { refused: 'UserNotFoundException' };
      const refused = apply(pool, user);
      const changed = pool.find(username);
      if (refused === undefined && this.datesWrites && changed !== undefined)
        pool.put({ ...changed, modified: new Date(this.calls.clock.now()).toISOString() });
      return refused ?? 'done';
    });
  }

  #write<T>(method: string, poolId: string, name: string, effect: (pool: SimulatedPool) => T): Promise<T | Refusal> {
    return this.#call(method, poolId, (pool) => {
      // Tests know users by their username, also where a call names one by its sub.
      const named = pool.find(name);
      const refused = this.refuse(method, named?.sub === name ? named.username : name);
      return refused === undefined ? effect(pool) : { refused };
    });
  }

  #call<T>(method: string, poolId: string, effect: (pool: SimulatedPool) => T): Promise<T> {
    return this.calls.run(
      `cognito.${method}`,
      () => {
        const recovery = this.pausedBy(poolId);
        if (recovery !== undefined) throw writesPaused(poolId, recovery);
        return effect(poolOf(this.pools, poolId));
      },
      { poolId },
    );
  }
}
