import { fromAttributes } from '../../../source/adapters/cognito/users.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import { awsError } from './fake-clients.ts';
import type { FakeClients } from './fake-clients.ts';

const userOf = ({ username, attributes, enabled, status, created, modified }: PoolUser) => ({
  Username: username,
  Attributes: fromAttributes(attributes),
  Enabled: enabled,
  UserStatus: status,
  UserCreateDate: new Date(created),
  UserLastModifiedDate: new Date(modified),
});

/** Lets the fake Cognito answer listings from a pool in memory, three to a page. */
export function answerFor(cloud: FakeClients, pool: MemoryPool): void {
  const paged = <T>(all: readonly T[], token: unknown): readonly [T[], string | undefined] => {
    const from = Number(token ?? 0);
    return [all.slice(from, from + 3), from + 3 < all.length ? String(from + 3) : undefined];
  };
  const known = ({ UserPoolId }: Readonly<Record<string, unknown>>): void => {
    if (UserPoolId !== pool.id) throw awsError('ResourceNotFoundException');
  };
  cloud
    .on('DescribeUserPool', (input) => {
      known(input);
      return { UserPool: { Id: pool.id, Name: pool.name, UserPoolTier: 'PLUS', DeletionProtection: 'ACTIVE' } };
    })
    .on('ListUsers', (input) => {
      known(input);
      const users = [...pool.users.values()].map(({ user }) => userOf(user));
      const [Users, PaginationToken] = paged(users, input.PaginationToken);
      return { Users, PaginationToken };
    })
    .on('ListGroups', (input) => {
      known(input);
      const groups = [...pool.groups.values()].map(({ group: { name, description, precedence, roleArn } }) => ({
        GroupName: name,
        Description: description,
        Precedence: precedence,
        RoleArn: roleArn,
      }));
      const [Groups, NextToken] = paged(groups, input.NextToken);
      return { Groups, NextToken };
    })
    .on('ListUsersInGroup', (input) => {
      known(input);
      const members = [...(pool.groups.get(input.GroupName as string)?.members.keys() ?? [])];
      const users = members.map((name) => userOf(pool.find(name) as PoolUser));
      const [Users, NextToken] = paged(users, input.NextToken);
      return { Users, NextToken };
    });
}
