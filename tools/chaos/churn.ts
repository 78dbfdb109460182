import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  paginateListGroups,
  paginateListUsers,
  UpdateGroupCommand,
  type CognitoIdentityProviderClient,
} from '@aws-sdk/client-cognito-identity-provider';
import type { SeededRandom } from '../demo/seed/random.ts';
import { loadUsers } from '../demo/seed/load.ts';
import { cognito, type Deployment } from './deployment.ts';
import { PRIMARY } from './regions.ts';
import { shapedUsers } from './shapes.ts';

const EXTRA_GROUP = 'extra-';
type Change = (random: SeededRandom) => Promise<unknown>;

/** Changes of every kind to the source pool, few enough for the mass-delete guard. */
export async function changePool(deployment: Deployment, random: SeededRandom, changes: number): Promise<void> {
  const client = cognito(deployment, PRIMARY);
  const UserPoolId = deployment.poolId;
  const names = await userNames(client, UserPoolId);
  const groups = await groupNames(client, UserPoolId);
  const someUser = (): string => names[random.integer(0, names.length - 1)] ?? '';
  const kinds: readonly Change[] = [
    async () => {
      const [user] = shapedUsers(deployment.shape, 1, random.integer(1, 2 ** 30), deployment.nextUser);
      deployment.nextUser += 1;
      if (user !== undefined)
        await loadUsers({ cloud: deployment.cloud, client, region: PRIMARY, poolId: UserPoolId }, [user]);
    },
    () =>
      client.send(
        new AdminDeleteUserCommand({ UserPoolId, Username: names.splice(random.integer(0, names.length - 1), 1)[0] }),
      ),
    () =>
      client.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId,
          Username: someUser(),
          UserAttributes: [{ Name: 'nickname', Value: `edited ${random.integer(0, 9_999)}` }],
        }),
      ),
    () =>
      client.send(
        random.chance(0.5)
          ? new AdminDisableUserCommand({ UserPoolId, Username: someUser() })
          : new AdminEnableUserCommand({ UserPoolId, Username: someUser() }),
      ),
    () =>
      client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: someUser(), GroupName: random.pick(groups) })),
    () =>
      client.send(
        new AdminRemoveUserFromGroupCommand({ UserPoolId, Username: someUser(), GroupName: random.pick(groups) }),
      ),
    () =>
      client.send(
        new UpdateGroupCommand({
          UserPoolId,
          GroupName: random.pick(groups),
          Description: `described ${random.integer(0, 9_999)}`,
          Precedence: random.integer(0, 99),
        }),
      ),
    async () => {
      const GroupName = `${EXTRA_GROUP}${random.integer(0, 9_999)}`;
      if (groups.includes(GroupName)) return;
      await client.send(new CreateGroupCommand({ UserPoolId, GroupName }));
      await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: someUser(), GroupName }));
      groups.push(GroupName);
    },
    async () => {
      const at = groups.findIndex((name) => name.startsWith(EXTRA_GROUP));
      if (at >= 0) await client.send(new DeleteGroupCommand({ UserPoolId, GroupName: groups.splice(at, 1)[0] }));
    },
  ];
  for (let change = 0; change < changes; change += 1) await random.pick(kinds)(random);
}

async function userNames(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId })) {
    for (const { Username = '', UserStatus } of Users) if (UserStatus !== 'EXTERNAL_PROVIDER') names.push(Username);
  }
  return names;
}

async function groupNames(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Groups = [] } of paginateListGroups({ client }, { UserPoolId }))
    for (const { GroupName = '' } of Groups) names.push(GroupName);
  return names;
}
