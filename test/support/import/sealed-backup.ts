import { Checksums } from '../../../source/domain/backup/checksums.ts';
import { groupItem, itemKind, membershipItem, userItem } from '../../../source/domain/backup/items.ts';
import { latestItem, manifestItem, NO_COUNTS, SCHEMA_VERSION } from '../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { signInAttributeOf } from '../../../source/domain/model.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import type { MemoryPool } from '../../../tools/simulation/cognito/memory-pool.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

export const SEALED_RUN = '20260301T000000Z-0badcafe';

/** The items that a complete export of the pool would have stored. */
export function backupItems(pool: MemoryPool, runId = SEALED_RUN): TableItem[] {
  const signInName = signInAttributeOf(pool.settings);
  const users = [...pool.users.values()].map(({ user }) =>
    userItem(user, signInName, runId, pool.signUps.get(user.username)),
  );
  const groups = [...pool.groups.values()].map(({ group }) => groupItem(group, runId));
  const memberships = [...pool.groups.values()].flatMap(({ group, members }) =>
    [...members.keys()].map((username) =>
      membershipItem((pool.users.get(username) as { user: { sub: string } }).user.sub, group.name, runId),
    ),
  );
  return [...users, ...groups, ...memberships];
}

export function manifestOf(pool: MemoryPool, items: readonly TableItem[], runId = SEALED_RUN): Manifest {
  const checksums = new Checksums();
  const counts = { users: 0, groups: 0, memberships: 0 };
  for (const item of items) {
    const kind = itemKind(item);
    if (kind === undefined) continue;
    checksums.add(item);
    counts[`${kind}s`] += 1;
  }
  return {
    runId,
    userPoolId: pool.id,
    poolSettings: pool.settings,
    counts,
    checksums: checksums.toHex(),
    added: counts,
    changed: NO_COUNTS,
    deleted: NO_COUNTS,
    skipped: { federatedUsers: 0, federatedMemberships: 0 },
    startedAt: '2026-03-01T00:00:00.000Z',
    endedAt: '2026-03-01T00:05:00.000Z',
    softwareVersion: 'v2.1.0',
    schemaVersion: SCHEMA_VERSION,
  };
}

/** Fills the table as a complete, sealed export of the pool would have left it. */
export function sealBackup(table: SimulatedTable, pool: MemoryPool, runId = SEALED_RUN): Manifest {
  const items = backupItems(pool, runId);
  const manifest = manifestOf(pool, items, runId);
  for (const item of [...items, manifestItem(manifest), latestItem(manifest)]) table.seed(item);
  return manifest;
}
