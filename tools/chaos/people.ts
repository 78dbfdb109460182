import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminAddUserToGroupCommand,
  AdminConfirmSignUpCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { comesBack } from '../demo/compare/compare-pools.ts';
import { attributeDifferences } from '../demo/compare/differences.ts';
import { readPool } from '../demo/compare/read-pool.ts';
import type { PoolSnapshot, SnapshotUser } from '../demo/compare/read-pool.ts';
import type { SeededRandom } from '../demo/seed/random.ts';
import { cognitoIn } from '../deploy/clients.ts';
import type { Region } from '../deploy/regions.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { shuffled } from './mass-damage.ts';
import type { KeptChange, PeopleLog } from './people-log.ts';

/** A change is somebody else's when it comes more than 5 s after the restore's last write to the user. */
const AFTER_LAST_WRITE_MS = 6_000;
const MEANWHILE = { signUps: 4, takeovers: 2, changes: 4, deletions: 1 };

/** Strangers, users and administrators who are at work in the new pool while it is being restored. */
export class People {
  readonly #client: CognitoIdentityProviderClient;
  readonly #names: string[];
  #gone = false;

  constructor(
    private readonly cloud: LocalCloud,
    private readonly pool: { readonly region: Region; readonly poolId: string },
    private readonly source: PoolSnapshot,
    private readonly random: SeededRandom,
    readonly log: PeopleLog,
  ) {
    this.#client = cognitoIn(cloud, pool.region);
    const restorable = [...source.users].filter(([, user]) => comesBack(user)).map(([name]) => name);
    this.#names = shuffled(restorable, random);
  }

  /** Everything that happens at any moment of the restore, from its first account on: before, it would not begin. */
  async meanwhile(): Promise<void> {
    const acts = [
      ...Array.from({ length: MEANWHILE.signUps }, () => () => this.#signUpEarly()),
      ...Array.from(
        { length: MEANWHILE.takeovers },
        () => () => this.#restored((name, user) => this.#takeOver(name, user)),
      ),
      ...Array.from(
        { length: MEANWHILE.changes },
        () => () => this.#restored((name, user) => this.#changeSomething(name, user)),
      ),
      ...Array.from(
        { length: MEANWHILE.deletions },
        () => () =>
          this.#restored(async (name, { sub }) => {
            this.log.touch(name);
            await this.#delete(sub);
          }),
      ),
    ];
    // Names are free only at first.
    const [first, ...later] = [acts[0] as (typeof acts)[number], ...shuffled(acts.slice(1), this.random)];
    while (!this.#gone && (await this.#read()).users.size === 0) await sleep(50);
    for (const act of [first, ...later]) {
      if (this.#gone) return;
      await act();
      await sleep(this.random.integer(20, 500));
    }
  }

  /** The restore has ended: nobody begins anything more. */
  leave(): void {
    this.#gone = true;
  }

  /** What happens between two starts, when every write of the restore lies behind. */
  async afterwards(): Promise<void> {
    await sleep(AFTER_LAST_WRITE_MS);
    const { users, groups } = await this.#read();
    const whole = this.#names.filter((name) => {
      const [before, now] = [this.source.users.get(name), users.get(name)];
      if (before === undefined || now === undefined || this.log.isTouched(name)) return false;
      return before.enabled === now.enabled && attributeDifferences(before, now).length === 0;
    });
    const take = (fits: (name: string) => boolean): string | undefined =>
      whole.splice(Math.max(0, whole.findIndex(fits)), whole.some(fits) ? 1 : 0)[0];
    const memberOf = (name: string): string[] =>
      [...groups].filter(([, { members }]) => members.has(name)).map(([group]) => group);
    const isEnabled = (name: string): boolean => users.get(name)?.enabled === true;
    const changes = [
      [() => true, (name) => ({ name, did: 'nickname', value: `changed ${this.random.integer(0, 9_999)}` })],
      [isEnabled, (name) => ({ name, did: 'nickname', value: `changed ${this.random.integer(0, 9_999)}` })],
      [(name) => memberOf(name).length > 0, (name) => ({ name, did: 'left', group: this.random.pick(memberOf(name)) })],
      [
        (name) => memberOf(name).length < groups.size,
        (name) => ({
          name,
          did: 'joined',
          group: [...groups.keys()].find((group) => !memberOf(name).includes(group)) ?? '',
        }),
      ],
      [isEnabled, (name) => ({ name, did: 'disabled' })],
      [(name) => !isEnabled(name), (name) => ({ name, did: 'enabled' })],
      [() => true, (name) => ({ name, did: 'deleted' })],
    ] satisfies readonly (readonly [(name: string) => boolean, (name: string) => KeptChange])[];
    for (const [fits, changeOf] of changes) {
      const name = take(fits);
      if (name === undefined) continue;
      const change = changeOf(name);
      await this.#apply(change, users.get(name) as SnapshotUser);
      this.log.changedAfterwards(change);
    }
    const taken = take(() => true);
    if (taken !== undefined) await this.#takeOver(taken, users.get(taken) as SnapshotUser);
    const [leaving] = this.log.strangers;
    if (leaving !== undefined && this.random.chance(0.5)) await this.#strangerLeaves(leaving[0], leaving[1].sub);
  }

  #read(): Promise<PoolSnapshot> {
    return readPool(this.#client, this.pool.poolId);
  }

  /** A name that nobody has used yet. */
  #next(fits: (name: string) => boolean): string | undefined {
    return this.#names.find((name) => !this.log.isTouched(name) && fits(name));
  }

  /** Does something to a user whom the restore has already brought; nothing as long as there is none. */
  async #restored(act: (name: string, user: SnapshotUser) => Promise<void>): Promise<void> {
    const { users } = await this.#read();
    const name = this.#next((one) => users.has(one));
    if (name !== undefined) await act(name, users.get(name) as SnapshotUser);
  }

  /** Somebody takes a name that is still free; perhaps the account is deleted and the name taken again. */
  async #signUpEarly(): Promise<void> {
    const { users } = await this.#read();
    const name = this.#next((one) => !users.has(one));
    if (name === undefined) return;
    await this.#signUp(name);
    const sub = this.log.strangers.get(name)?.sub;
    if (sub === undefined || this.random.chance(0.5)) return;
    await this.#strangerLeaves(name, sub);
    await sleep(this.random.integer(0, 300));
    await this.#signUp(name);
  }

  async #takeOver(name: string, { sub }: SnapshotUser): Promise<void> {
    this.log.touch(name);
    await this.#delete(sub);
    await this.#signUp(name);
  }

  /** As SignUp leaves it: no address is verified, whoever it belongs to. Refused when the restore was faster. */
  async #signUp(name: string): Promise<void> {
    this.log.touch(name);
    const attributes = this.random.chance(0.5) ? this.#attributesOf(name) : this.#otherAttributes(name);
    const confirms = this.random.chance(0.5);
    const { region, poolId: UserPoolId } = this.pool;
    const user = { username: name, attributes, status: 'UNCONFIRMED' };
    const refused = await this.cloud.putUsers(region, UserPoolId, [user]).then(
      () => false,
      () => true,
    );
    if (refused) return;
    const { UserAttributes = [] } = await this.#client.send(new AdminGetUserCommand({ UserPoolId, Username: name }));
    const sub = UserAttributes.find(({ Name }) => Name === 'sub')?.Value ?? '';
    this.log.signedUp(name, { sub, attributes: new Map(Object.entries(attributes)) });
    if (confirms) await this.#client.send(new AdminConfirmSignUpCommand({ UserPoolId, Username: sub }));
  }

  /** Everything as in the backup, but unproven. */
  #attributesOf(name: string): Record<string, string> {
    const attributes = Object.fromEntries(this.source.users.get(name)?.attributes ?? []);
    delete attributes['preferred_username'];
    for (const flag of ['email_verified', 'phone_number_verified']) if (flag in attributes) attributes[flag] = 'false';
    return attributes;
  }

  /** Another person's, as far as the name leaves a choice. */
  #otherAttributes(name: string): Record<string, string> {
    const before = this.source.users.get(name)?.attributes;
    return {
      email: before?.get('email') === name ? name : `stranger-${this.random.integer(0, 999_999)}@example.net`,
      email_verified: 'false',
      ...(before?.get('phone_number') === name ? { phone_number: name } : {}),
      nickname: 'somebody else',
    };
  }

  async #changeSomething(name: string, user: SnapshotUser): Promise<void> {
    const group = this.random.pick([...this.source.groups.keys()]);
    const change = this.random.pick<KeptChange>([
      { name, did: 'nickname', value: `changed ${this.random.integer(0, 9_999)}` },
      { name, did: 'left', group },
      { name, did: 'joined', group },
      { name, did: user.enabled ? 'disabled' : 'enabled' },
    ]);
    this.log.touch(name);
    // The group, or the user, may not be there any more, or not yet.
    await this.#apply(change, user).catch(() => undefined);
  }

  async #apply(change: KeptChange, { sub: Username }: SnapshotUser): Promise<void> {
    const user = { UserPoolId: this.pool.poolId, Username };
    switch (change.did) {
      case 'nickname': {
        const UserAttributes = [{ Name: 'nickname', Value: change.value }];
        await this.#client.send(new AdminUpdateUserAttributesCommand({ ...user, UserAttributes }));
        return;
      }
      case 'left':
        await this.#client.send(new AdminRemoveUserFromGroupCommand({ ...user, GroupName: change.group }));
        return;
      case 'joined':
        await this.#client.send(new AdminAddUserToGroupCommand({ ...user, GroupName: change.group }));
        return;
      case 'disabled':
        await this.#client.send(new AdminDisableUserCommand(user));
        return;
      case 'enabled':
        await this.#client.send(new AdminEnableUserCommand(user));
        return;
      case 'deleted':
        await this.#delete(Username);
    }
  }

  async #strangerLeaves(name: string, sub: string): Promise<void> {
    this.log.strangerLeft(name);
    await this.#delete(sub);
  }

  async #delete(Username: string): Promise<void> {
    await this.#client.send(new AdminDeleteUserCommand({ UserPoolId: this.pool.poolId, Username }));
  }
}
