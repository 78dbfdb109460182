import type { Manifest, SnapshotObject } from '../backup/manifest.ts';
import { isClosed, snapshotFolders, stateOfFolder } from '../backup/snapshot/folders.ts';
import { segmentName } from '../backup/snapshot/names.ts';
import { ADOPTED_PREFIX } from '../backup/snapshot/place.ts';
import { joinIndex } from '../backup/snapshot/write-index.ts';
import { joinParts, putSnapshotManifest, SnapshotParts } from '../backup/snapshot/write.ts';
import type { SnapshotState } from '../backup/snapshot/write.ts';
import { Fault } from '../errors.ts';
import type { ObjectStore, TableItem } from '../ports.ts';
import type { AdoptedBackup } from './adopted-backup.ts';

/** What writing asks of the bucket of the launch. */
export type AdoptionBucket = Pick<ObjectStore, 'get' | 'list' | 'put'>;

/** Items that are packed together at most. */
const BATCH = 1_000;

/**
 * Writes the backup as a snapshot below its own prefix in a launch's bucket, the manifest last: what was killed in between is
 * no snapshot, and the next start writes it again. One that is there already, whole, is left as it is: `false`.
 */
export async function writeAdopted(
  bucket: AdoptionBucket,
  { manifest, segments }: AdoptedBackup,
  progress: (items: number) => void = () => undefined,
): Promise<boolean> {
  const objects = below(bucket);
  if (await isThere(objects, manifest.runId)) return false;
  const waiting = new Map<string, Uint8Array>();
  const inMemory = {
    read: (key: string): AsyncIterable<Uint8Array> => onePiece(waiting.get(key), key),
    write: async (key: string, pieces: AsyncIterable<Uint8Array>): Promise<void> => {
      const body: Uint8Array[] = [];
      for await (const piece of pieces) body.push(Uint8Array.from(piece));
      await objects.put(key, Buffer.concat(body));
    },
  };
  const state: SnapshotState = {};
  const parts = new SnapshotParts(state);
  let cuts = 0;
  let written = 0;
  const cut = (): void => {
    cuts += 1;
    for (const { key, body } of parts.cut((kind) => `${kind}-${cuts}`)) waiting.set(key, body);
  };
  const names = segments.map((_, index) => segmentName(index));
  const stored: SnapshotObject[] = [];
  for (const [index, items] of segments.entries()) {
    const name = names[index] as string;
    for (const batch of batchesOf(items())) {
      parts.add(name, batch);
      if (parts.pending >= 1) cut();
      written += batch.length;
      progress(written);
    }
    cut();
    stored.push(await joinParts(inMemory, manifest.runId, name, state[name]));
    for (const { key } of state[name]?.parts ?? []) waiting.delete(key);
  }
  const index = await joinIndex(inMemory, manifest.runId, { names, state });
  const sealed: Manifest = {
    ...manifest,
    snapshot: { objects: stored, ...(index === undefined ? {} : { index }) },
  };
  await putSnapshotManifest(objects, sealed);
  return true;
}

/** Under the keys of any snapshot. */
const below = (bucket: AdoptionBucket): AdoptionBucket => ({
  get: (key) => bucket.get(ADOPTED_PREFIX + key),
  put: (key, body) => bucket.put(ADOPTED_PREFIX + key, body),
  async *list(prefix) {
    for await (const key of bucket.list(ADOPTED_PREFIX + prefix)) yield key.slice(ADOPTED_PREFIX.length);
  },
});

async function isThere(objects: AdoptionBucket, runId: string): Promise<boolean> {
  const folder = (await snapshotFolders(objects)).find((one) => one.runId === runId && isClosed(one));
  return folder !== undefined && (await stateOfFolder(objects, folder))?.state === 'complete';
}

function* batchesOf(items: Iterable<TableItem>): Generator<readonly TableItem[], void, undefined> {
  let batch: TableItem[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

async function* onePiece(body: Uint8Array | undefined, key: string): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === undefined) throw new Fault('BadState', `The part ${key} of the snapshot is not in memory any more.`);
  yield await Promise.resolve(body);
}
