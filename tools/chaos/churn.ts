import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  AdminGetUserCommand,
  AdminRemoveUserFromGroupCommand,
  AdminUpdateUserAttributesCommand,
  CreateGroupCommand,
  DeleteGroupCommand,
  paginateListGroups,
  paginateListUsers,
  UpdateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { AttributeType, CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import type { SeededRandom } from '../demo/seed/random.ts';
import { cognitoIn } from '../deploy/clients.ts';
import type { Deployment } from './deployment.ts';
import { PRIMARY } from '../deploy/regions.ts';
import { usersFor } from './sign-in.ts';
import { Touched } from './touched.ts';

const EXTRA_GROUP = 'extra-';
type Change = () => Promise<void>;

interface NamedUser {
  readonly name: string;
  readonly sub: string;
}

/** Changes of every kind to the source pool, few enough for the mass-delete guard. What they touch is noted in `touched`. */
export async function churn(
  deployment: Deployment,
  random: SeededRandom,
  changes: number,
  touched = new Touched(),
): Promise<void> {
  const client = cognitoIn(deployment.cloud, PRIMARY);
  const UserPoolId = deployment.poolId;
  const users = await nativeUsers(client, UserPoolId);
  const groups = await groupNames(client, UserPoolId);
  const someUser = (): NamedUser => users[random.integer(0, users.length - 1)] ?? { name: '', sub: '' };
  const join = async ({ name, sub }: NamedUser, GroupName: string): Promise<void> => {
    touched.membership(sub, GroupName);
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: name, GroupName }));
  };
  const kinds: readonly Change[] = [
    async () => {
      const [user] = usersFor(deployment.signIn, 1, random.integer(1, 2 ** 30), deployment.nextUser);
      deployment.nextUser += 1;
      if (user === undefined) return;
      await deployment.cloud.putUsers(PRIMARY, UserPoolId, [user]);
      const { UserAttributes = [] } = await client.send(
        new AdminGetUserCommand({ UserPoolId, Username: user.username }),
      );
      touched.user(subAmong(UserAttributes));
    },
    async () => {
      const [user] = users.splice(random.integer(0, users.length - 1), 1);
      if (user === undefined) return;
      touched.user(user.sub);
      await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: user.name }));
    },
    async () => {
      const { name, sub } = someUser();
      touched.profile(sub);
      await client.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId,
          Username: name,
          UserAttributes: [{ Name: 'nickname', Value: `edited ${random.integer(0, 9_999)}` }],
        }),
      );
    },
    async () => {
      const disables = random.chance(0.5);
      const { name, sub } = someUser();
      touched.profile(sub);
      await client.send(
        disables
          ? new AdminDisableUserCommand({ UserPoolId, Username: name })
          : new AdminEnableUserCommand({ UserPoolId, Username: name }),
      );
    },
    async () => {
      const user = someUser();
      await join(user, random.pick(groups));
    },
    async () => {
      const { name, sub } = someUser();
      const GroupName = random.pick(groups);
      touched.membership(sub, GroupName);
      await client.send(new AdminRemoveUserFromGroupCommand({ UserPoolId, Username: name, GroupName }));
    },
    async () => {
      const GroupName = random.pick(groups);
      touched.description(GroupName);
      await client.send(
        new UpdateGroupCommand({
          UserPoolId,
          GroupName,
          Description: `described ${random.integer(0, 9_999)}`,
          Precedence: random.integer(0, 99),
        }),
      );
    },
    async () => {
      const GroupName = `${EXTRA_GROUP}${random.integer(0, 9_999)}`;
      if (groups.includes(GroupName)) return;
      touched.group(GroupName);
      await client.send(new CreateGroupCommand({ UserPoolId, GroupName }));
      await join(someUser(), GroupName);
      groups.push(GroupName);
    },
    async () => {
      const at = groups.findIndex((name) => name.startsWith(EXTRA_GROUP));
      const [GroupName] = at < 0 ? [] : groups.splice(at, 1);
      if (GroupName === undefined) return;
      touched.group(GroupName);
      await client.send(new DeleteGroupCommand({ UserPoolId, GroupName }));
    },
  ];
  for (let change = 0; change < changes; change += 1) await random.pick(kinds)();
}

const subAmong = (attributes: readonly AttributeType[]): string => {
  const sub = attributes.find(({ Name }) => Name === 'sub')?.Value;
  if (sub === undefined) throw new Error('A user of the pool has no sub.');
  return sub;
};

async function nativeUsers(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<NamedUser[]> {
  const users: NamedUser[] = [];
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId })) {
    for (const { Username = '', UserStatus, Attributes = [] } of Users)
      if (UserStatus !== 'EXTERNAL_PROVIDER') users.push({ name: Username, sub: subAmong(Attributes) });
  }
  return users;
}

async function groupNames(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { Groups = [] } of paginateListGroups({ client }, { UserPoolId }))
    for (const { GroupName = '' } of Groups) names.push(GroupName);
  return names;
}
