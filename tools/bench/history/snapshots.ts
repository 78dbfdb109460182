import { Checksums } from '../../../source/domain/backup/checksums.ts';
import { membershipItem, userItem } from '../../../source/domain/backup/items.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { segmentName } from '../../../source/domain/backup/snapshot/names.ts';
import { joinIndex } from '../../../source/domain/backup/snapshot/write-index.ts';
import { joinParts, SnapshotParts } from '../../../source/domain/backup/snapshot/write.ts';
import type { SnapshotState } from '../../../source/domain/backup/snapshot/write.ts';
import type { ObjectStore, TableItem } from '../../../source/domain/ports.ts';
import { PLAIN_SETTINGS } from '../../simulation/cognito/settings.ts';
import { userOf } from '../population.ts';

/** Memberships of each user. */
export const GROUPS_EACH = 3;
const SEGMENTS = 8;
const USERS_PER_PAGE = 800;
const GROUPS = 500;

/** A population of which a share differs from the one before. */
export interface SnapshotShape {
  readonly runId: string;
  readonly users: number;
  /** Of 1,000 users so many have another value than in version 0. */
  readonly changedPerMille: number;
}

/** Writes the snapshot of such a run as an export does: pages, parts, objects, index. Resolves its manifest. */
export async function writeComputedSnapshot(
  objects: Pick<ObjectStore, 'put' | 'read' | 'write' | 'deleteAll'>,
  { runId, users, changedPerMille }: SnapshotShape,
): Promise<Manifest> {
  const state: SnapshotState = {};
  const parts = new SnapshotParts(state);
  const keys: string[] = [];
  const store = async (): Promise<void> => {
    for (const { key, body } of parts.cut((kind) => `exports/${runId}/${kind}/${keys.length}`)) {
      keys.push(key);
      await objects.put(key, body);
    }
  };
  for (let from = 0; from < users; from += USERS_PER_PAGE) {
    const page: TableItem[] = [];
    for (let index = from; index < Math.min(users, from + USERS_PER_PAGE); index += 1) {
      const user = userOf(index, index % 1000 < changedPerMille ? 1 : 0);
      for (let group = 0; group < GROUPS_EACH; group += 1)
        page.push(membershipItem(user.sub, `group-${(index + group * 7) % GROUPS}`, 'first'));
      page.push(userItem(user, 'username', 'first'));
    }
    parts.add(segmentName((from / USERS_PER_PAGE) % SEGMENTS), page);
    if (parts.pending >= 1) await store();
  }
  await store();
  const names = Array.from({ length: SEGMENTS }, (_, segment) => segmentName(segment));
  const joined = [];
  for (const name of names) joined.push(await joinParts(objects, runId, name, state[name]));
  const index = await joinIndex(objects, runId, { names, state });
  await objects.deleteAll(keys);
  const none = { users: 0, groups: 0, memberships: 0 };
  return {
    runId,
    userPoolId: 'us-east-1_Bench0001',
    poolSettings: PLAIN_SETTINGS,
    counts: { users, groups: 0, memberships: users * GROUPS_EACH },
    checksums: new Checksums().toHex(),
    added: none,
    changed: none,
    deleted: none,
    skipped: { federatedUsers: 0, federatedMemberships: 0 },
    startedAt: '2026-11-01T02:00:00.000Z',
    endedAt: '2026-11-01T02:30:00.000Z',
    softwareVersion: 'bench',
    schemaVersion: 1,
    snapshot: { objects: joined, ...(index === undefined ? {} : { index }) },
  };
}
