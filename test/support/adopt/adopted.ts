import { adoptedBackup } from '../../../source/domain/adopt/adopted-backup.ts';
import type { AdoptedBackup } from '../../../source/domain/adopt/adopted-backup.ts';
import { legacyExportIn } from '../../../source/domain/adopt/legacy-item.ts';
import type { LegacyExport } from '../../../source/domain/adopt/legacy-item.ts';
import type { Remarkable } from '../../../source/domain/adopt/legacy-survey.ts';
import { readLegacy } from '../../../source/domain/adopt/read-legacy.ts';
import { objectsBelow } from '../../../source/domain/backup/snapshot/place.ts';
import { readSnapshotManifest, readSnapshotObject } from '../../../source/domain/backup/snapshot/read.ts';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import type { ObjectStore, TableItem } from '../../../source/domain/ports.ts';
import { World } from '../world/world.ts';
import { legacyTime } from './legacy-items.ts';

/** A bucket of a launch, to which `adopt` writes. */
export const ADOPTING_BUCKET = 'stackset-cognitouser-0a1b2c-mappingfilebucket-0a1b2c3d4e5f';
/** The input of a restore of what was adopted there. */
export const FROM_ADOPTED = { SnapshotPrefix: `s3://${ADOPTING_BUCKET}/adopted/` };

/** Reads a table of these items, in pages of a few, as `adopt` does. */
export async function adopted(
  items: readonly TableItem[],
  { withOlder = false, tell = () => undefined }: { withOlder?: boolean; tell?: (about: Remarkable) => void } = {},
): Promise<AdoptedBackup> {
  const { table } = new World();
  table.pageItems = 5;
  for (const item of items) table.seed(item);
  const last = legacyExportIn(items.find(({ id }) => id === legacyTime().id) ?? legacyTime()) as LegacyExport;
  return adoptedBackup(await readLegacy(table, last), { withOlder, softwareVersion: 'v2.1.0', tell });
}

/** What lies below `adopted/`, read as any snapshot. */
export async function adoptedSnapshot(
  objects: ObjectStore,
  runId: string,
): Promise<{ readonly manifest: Manifest; readonly items: readonly TableItem[] }> {
  const below = objectsBelow(objects, 'adopted/');
  const manifest = (await readSnapshotManifest(below, runId)) as Manifest;
  const items: TableItem[] = [];
  for (const object of manifest.snapshot?.objects ?? [])
    for await (const batch of readSnapshotObject(below, runId, object)) items.push(...batch);
  return { manifest, items };
}
