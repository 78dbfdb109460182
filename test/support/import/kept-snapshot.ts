import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { itemKind } from '../../../source/domain/backup/items.ts';
import { manifestItem } from '../../../source/domain/backup/manifest.ts';
import type { Manifest, SnapshotObject } from '../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import type { MemoryFiles } from '../../../tools/simulation/storage/memory-files.ts';
import type { SimulatedObjects } from '../../../tools/simulation/storage/objects.ts';
import type { SimulatedTable } from '../../../tools/simulation/storage/table.ts';

const SEGMENTS = 8;
/** Items per gzip member: small, so that every object has several. */
const MEMBER_ITEMS = 7;

export const snapshotKeyOf = (runId: string, name: string): string => `snapshots/${runId}/${name}`;

/** Writes without a call, for set-up and damage. */
export function putRaw(objects: SimulatedObjects<MemoryFiles>, key: string, body: Uint8Array | string): void {
  objects.stored.set(key, { body: Uint8Array.from(Buffer.from(body as string)), etag: `"raw-${objects.stored.size}"` });
}

/** One object of a snapshot: NDJSON in gzip members; no code is shared with the export. */
export function putSnapshotObject(
  objects: SimulatedObjects<MemoryFiles>,
  runId: string,
  name: string,
  items: readonly TableItem[],
): SnapshotObject {
  const members: Buffer[] = [];
  for (let at = 0; at < items.length; at += MEMBER_ITEMS) {
    members.push(
      gzipSync(
        items
          .slice(at, at + MEMBER_ITEMS)
          .map((item) => `${JSON.stringify(item)}\n`)
          .join(''),
      ),
    );
  }
  const body = Buffer.concat(members);
  putRaw(objects, snapshotKeyOf(runId, name), body);
  return { name, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex'), items: items.length };
}

/**
 * Keeps what the table holds now as the snapshot of the manifest's run, as an export leaves it: the items of one user in
 * one object, in the order of the table. Items for which `late` holds go into the object of kept items instead.
 */
export function keepSnapshot(
  objects: SimulatedObjects<MemoryFiles>,
  table: SimulatedTable,
  manifest: Manifest,
  late: (item: TableItem) => boolean = () => false,
): Manifest {
  const segments = Array.from({ length: SEGMENTS }, (): TableItem[] => []);
  const kept: TableItem[] = [];
  for (const item of table.all()) {
    if (itemKind(item) === undefined) continue;
    const segment = (createHash('sha256').update(item.id).digest()[0] as number) % SEGMENTS;
    (late(item) ? kept : (segments[segment] as TableItem[])).push(item);
  }
  const whole = segments.map((items, segment) =>
    putSnapshotObject(objects, manifest.runId, `segment-${segment}.ndjson.gz`, items),
  );
  // Named before the segments: a reader must not rely on the order.
  const snapshot = {
    objects:
      kept.length === 0
        ? whole
        : [putSnapshotObject(objects, manifest.runId, 'kept.ndjson.gz', kept.reverse()), ...whole],
  };
  const sealed = { ...manifest, snapshot };
  putRaw(objects, snapshotKeyOf(manifest.runId, 'manifest.json'), JSON.stringify(sealed));
  table.seed(manifestItem(sealed));
  return sealed;
}
