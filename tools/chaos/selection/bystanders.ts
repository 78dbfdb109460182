import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminUpdateUserAttributesCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { PoolSnapshot, SnapshotUser } from '../../demo/compare/read-pool.ts';
import type { SeededRandom } from '../../demo/seed/random.ts';
import type { PoolModel } from './pool-model.ts';

/** Whom and what a selection does not concern. */
export interface FreeOfSelection {
  readonly names: readonly string[];
  readonly groups: readonly string[];
  /** Of those, whoever belongs into a group that is asked for, and would be reported once gone. */
  readonly members: ReadonlySet<string>;
}

/** Changes by others of users whom nobody asked for, while a selection is restored; what they did is known exactly. */
export class Bystanders {
  readonly #done: ((model: PoolModel) => void)[] = [];
  readonly #names: string[];

  constructor(
    private readonly cognito: CognitoIdentityProviderClient,
    private readonly poolId: string,
    private readonly pool: PoolSnapshot,
    private readonly random: SeededRandom,
    private readonly free: FreeOfSelection,
  ) {
    this.#names = [...free.names];
  }

  /** So many changes were made. */
  get changes(): number {
    return this.#done.length;
  }

  /** One change more; none when nobody is left. */
  async act(): Promise<void> {
    const name = this.#names.shift();
    if (name === undefined) return;
    const { sub: Username, enabled } = this.pool.users.get(name) as SnapshotUser;
    const user = { UserPoolId: this.poolId, Username };
    const kinds: readonly (() => Promise<(model: PoolModel) => void>)[] = [
      async () => {
        const value = `changed ${this.random.integer(0, 9_999)}`;
        const UserAttributes = [{ Name: 'nickname', Value: value }];
        await this.cognito.send(new AdminUpdateUserAttributesCommand({ ...user, UserAttributes }));
        return (model) => model.setAttribute(name, 'nickname', value);
      },
      async () => {
        await this.cognito.send(enabled ? new AdminDisableUserCommand(user) : new AdminEnableUserCommand(user));
        return (model) => model.change(name, { enabled: !enabled });
      },
      async () => {
        const [group] = this.free.groups;
        if (group === undefined) return () => undefined;
        await this.cognito.send(new AdminAddUserToGroupCommand({ ...user, GroupName: group }));
        return (model) => model.join(name, group);
      },
      async () => {
        if (this.free.members.has(name)) return () => undefined;
        await this.cognito.send(new AdminDeleteUserCommand(user));
        return (model) => model.deleteUser(name);
      },
    ];
    this.#done.push(await this.random.pick(kinds)());
  }

  /** Lets happen in the model what has happened in the pool. */
  applyTo(model: PoolModel): PoolModel {
    for (const change of this.#done) change(model);
    return model;
  }
}
