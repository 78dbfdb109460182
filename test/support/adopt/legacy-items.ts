import type { PoolGroup, PoolUser } from '../../../source/domain/model.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';

/** The UUID that ends the keys of one installation's items. */
export const INSTALLATION = '7f3c1a52-9f0e-4f5f-8d1c-6a0b5c2d4e71';
/** When the last complete export of the retired solution began. */
export const EXPORTED_AT = Date.parse('2026-02-28T00:00:00.000Z');

const confirmedAt = (lastConfirmedInUserPool: number): object => ({
  lastConfirmedInUserPool,
  lastUpdatedRegion: 'us-east-1',
});

/** A user as version 1.x stores one; written from the layout alone. */
export const legacyUser = (
  { sub, username, attributes, enabled, status }: PoolUser,
  signInName: string,
  confirmed = EXPORTED_AT,
): TableItem => ({
  id: `USER-${sub}`,
  type: `USER-${INSTALLATION}`,
  username,
  pseudoUsername: signInName,
  userAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
  userEnabled: enabled,
  userStatus: status,
  ...confirmedAt(confirmed),
});

export const legacyGroup = ({ name, description = '', precedence }: PoolGroup, confirmed = EXPORTED_AT): TableItem => ({
  id: `GROUP-${name}`,
  type: `GROUP-${INSTALLATION}`,
  groupName: name,
  groupDescription: description,
  ...(precedence === undefined ? {} : { groupPrecedence: precedence }),
  groupLastModifiedDate: '2025-06-07T08:09:10.000Z',
  ...confirmedAt(confirmed),
});

export const legacyMembership = (
  group: string,
  { sub, username }: Pick<PoolUser, 'sub' | 'username'>,
  signInName: string,
  confirmed = EXPORTED_AT,
): TableItem => ({
  id: `GROUP_MEMBER-${group}`,
  type: `GROUP_MEMBER-${sub}`,
  groupName: group,
  groupUser: username,
  groupPseudoUsername: signInName,
  ...confirmedAt(confirmed),
});

export const legacyTime = (exportedAt = EXPORTED_AT): TableItem => ({
  id: 'latest-export-timestamp',
  type: `SYNC_TIMESTAMP-${INSTALLATION}`,
  latestExportTimestamp: exportedAt,
});

/** Everything that a complete export of the pool by version 1.x leaves in its table. */
export function legacyItems(pool: MemoryPool): TableItem[] {
  const attribute = pool.settings.usernameAttributes[0];
  const nameOf = (user: PoolUser): string =>
    (attribute === undefined ? user.username : user.attributes[attribute]) ?? '';
  const users = [...pool.users.values()].map(({ user }) => user);
  return [
    legacyTime(),
    ...users.map((user) => legacyUser(user, nameOf(user))),
    ...[...pool.groups.values()].flatMap(({ group, members }) => [
      legacyGroup(group),
      ...[...members.keys()].map((username) => {
        const { user } = pool.users.get(username) as { readonly user: PoolUser };
        return legacyMembership(group.name, user, nameOf(user));
      }),
    ]),
  ];
}
