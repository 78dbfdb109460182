import {
  DescribeUserPoolCommand,
  paginateListGroups,
  paginateListUsers,
  paginateListUsersInGroup,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient, UserType } from '@aws-sdk/client-cognito-identity-provider';
import { forEachAtOnce } from '../../../source/domain/concurrency.ts';
import { foundBy } from './found-by.ts';

const AT_A_TIME = 8;

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

/**
 * Users are known by their username, by the value of the pool's username attribute where it has one, or, where it has two, by
 * the one by which Cognito finds them.
 */
export async function readPool(client: CognitoIdentityProviderClient, UserPoolId: string): Promise<PoolSnapshot> {
  const { UserPool } = await client.send(new DescribeUserPoolCommand({ UserPoolId }));
  const listed: UserType[] = [];
  for await (const { Users = [] } of paginateListUsers({ client }, { UserPoolId, Limit: 60 })) listed.push(...Users);
  const nameOf = await namesOf(client, UserPoolId, listed, UserPool?.UsernameAttributes ?? []);
  const users = new Map(listed.map((user) => [nameOf(user), snapshotUser(user)]));
  const groups = new Map<string, SnapshotGroup>();
  for await (const page of paginateListGroups({ client }, { UserPoolId, Limit: 60 })) {
    for (const { GroupName = '', Description, Precedence } of page.Groups ?? []) {
      groups.set(GroupName, {
        description: Description || undefined,
        precedence: Precedence,
        members: await membersOf(client, UserPoolId, GroupName, nameOf),
      });
    }
  }
  return { users, groups };
}

async function membersOf(
  client: CognitoIdentityProviderClient,
  UserPoolId: string,
  GroupName: string,
  nameOf: (user: UserType) => string,
): Promise<Set<string>> {
  const members = new Set<string>();
  for await (const page of paginateListUsersInGroup({ client }, { UserPoolId, GroupName, Limit: 60 })) {
    for (const user of page.Users ?? []) members.add(nameOf(user));
  }
  return members;
}

const valueOf = (user: UserType, name: string): string | undefined =>
  user.Attributes?.find((attribute) => attribute.Name === name)?.Value;

async function namesOf(
  client: CognitoIdentityProviderClient,
  poolId: string,
  users: readonly UserType[],
  nameAttributes: readonly string[],
): Promise<(user: UserType) => string> {
  const names = new Map<string, string>();
  await forEachAtOnce(users, AT_A_TIME, async (user) => {
    const { Username = '', UserStatus } = user;
    const values = nameAttributes.flatMap((name) => valueOf(user, name) ?? []);
    const [only, other] = values;
    if (other === undefined) names.set(Username, only ?? Username);
    else if (UserStatus === 'EXTERNAL_PROVIDER') names.set(Username, Username);
    else
      for (const value of values)
        if ((await foundBy(client, poolId, value)) === valueOf(user, 'sub')) names.set(Username, value);
  });
  return ({ Username = '' }) => names.get(Username) ?? Username;
}

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
