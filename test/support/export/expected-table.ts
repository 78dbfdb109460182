import { createHash } from 'node:crypto';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

/**
 * What the table should hold for a pool, and what it holds, in one comparable form: written from the data model and not
 * by the product's own builders. Federated users and their memberships are left out.
 */
export function expectedItems(pool: MemoryPool): Record<string, unknown> {
  const expected: Record<string, unknown> = {};
  const [contact, other] = pool.settings.usernameAttributes;
  for (const { user } of pool.users.values()) {
    if (user.status === 'EXTERNAL_PROVIDER') continue;
    const signInName = contact === undefined || other !== undefined ? undefined : user.attributes[contact];
    const signsInBy = pool.signUps.get(user.username);
    expected[`USER#${user.sub} PROFILE`] = {
      username: user.username,
      attributes: { ...user.attributes },
      enabled: user.enabled,
      status: user.status,
      created: user.created,
      modified: user.modified,
      ...(signInName === undefined ? {} : { signInName }),
      ...(signsInBy === undefined ? {} : { signsInBy }),
    };
  }
  for (const { group, members } of pool.groups.values()) {
    const { name, ...rest } = group;
    expected[`GROUP#${name} GROUP`] = { groupName: name, ...rest };
    for (const username of members.keys()) {
      const user = pool.users.get(username)?.user;
      if (user !== undefined && user.status !== 'EXTERNAL_PROVIDER')
        expected[`USER#${user.sub} MEMBER_OF#${name}`] = { groupName: name };
    }
  }
  return expected;
}

/** Users, groups and memberships of the table, without bookkeeping. */
export function actualItems(table: SimulatedTable): Record<string, unknown> {
  return Object.fromEntries(
    table
      .all()
      .filter(({ id }) => /^(USER|GROUP)#/.test(id))
      .map(({ id, type, contentHash: _hash, changedIn: _run, ...rest }) => [`${id} ${type}`, rest]),
  );
}

/** Counts and the sum over all 256 checksums, computed from the table by other code than the product's. */
export function independentSeal(table: SimulatedTable): {
  counts: { users: number; groups: number; memberships: number };
  checksum: string;
} {
  const counts = { users: 0, groups: 0, memberships: 0 };
  let sum = 0n;
  for (const item of table.all()) {
    const kind = item.id.startsWith('GROUP#')
      ? 'groups'
      : !item.id.startsWith('USER#')
        ? undefined
        : item.type === 'PROFILE'
          ? 'users'
          : 'memberships';
    if (kind === undefined) continue;
    counts[kind] += 1;
    const { contentHash: _hash, changedIn: _run, ...content } = item;
    sum += BigInt(`0x${createHash('sha256').update(sortedJson(content)).digest('hex')}`);
  }
  return { counts, checksum: (sum % (1n << 256n)).toString(16) };
}

const sortedJson = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

export const sumOfChecksums = (checksums: readonly string[]): string =>
  (checksums.reduce((sum, hex) => sum + BigInt(`0x${hex}`), 0n) % (1n << 256n)).toString(16);
