import {
  DescribeUserPoolCommand,
  paginateListGroups,
  paginateListUsers,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient, UserType } from '@aws-sdk/client-cognito-identity-provider';

/** Everything of a pool that a restore should bring back, read straight from Cognito with code of the demo's own. */
export interface PoolSnapshot {
  readonly users: ReadonlyMap<string, SnapshotUser>;
  readonly groups: ReadonlyMap<string, SnapshotGroup>;
}

export interface SnapshotUser {
  readonly sub: string;
  readonly status: string;
  readonly enabled: boolean;
  /** Without `sub` and `identities`; empty values count as absent, as on AWS. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface SnapshotGroup {
  readonly description: string | undefined;
  readonly precedence: number | undefined;
  /** Names of its members, by the same name as in `users`. */
  readonly members: ReadonlySet<string>;
}

/** Users are known by their username, or by the value of the pool's username attribute where it has one. */
export async function readPool(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<PoolSnapshot> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  const [nameAttribute] = UserPool?.UsernameAttributes ?? [];
  const users = new Map<string, SnapshotUser>();
  for await (const page of paginateListUsers({ client }, { UserPoolId, Limit: 60 })) {
    for (const user of page.Users ?? []) users.set(nameOf(user, nameAttribute), snapshotUser(user));
  }
  const groups = new Map<string, SnapshotGroup>();
  for await (const page of paginateListGroups({ client }, { UserPoolId, Limit: 60 })) {
    for (const { GroupName = '', Description, Precedence } of page.Groups ?? []) {
      groups.set(GroupName, {
        description: Description || undefined,
        precedence: Precedence,
        members: await membersOf(client, UserPoolId, GroupName, nameAttribute),
      });
    }
  }
  return { users, groups };
}

async function membersOf(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  GroupName: string,
  nameAttribute: string | undefined,
): Promise<Set<string>> {
  const members = new Set<string>();
  for await (const page of paginateListUsersInGroup({ client }, { UserPoolId, GroupName, Limit: 60 })) {
    for (const user of page.Users ?? []) members.add(nameOf(user, nameAttribute));
  }
  return members;
}

const valueOf = (user: UserType, name: string): string | undefined =>
  user.Attributes?.find((attribute) => attribute.Name === name)?.Value;

const nameOf = (user: UserType, nameAttribute: string | undefined): string =>
  (nameAttribute === undefined ? undefined : valueOf(user, nameAttribute)) ?? user.Username ?? '';

function snapshotUser(user: UserType): SnapshotUser {
  const attributes = (user.Attributes ?? [])
    .filter(({ Name, Value }) => Name !== 'sub' && Name !== 'identities' && Value !== undefined && Value !== '')
    .map(({ Name = '', Value = '' }) => [Name, Value] as const);
  return {
    sub: valueOf(user, 'sub') ?? '',
    status: user.UserStatus ?? '',
    enabled: user.Enabled ?? true,
    attributes: new Map(attributes),
  };
}
