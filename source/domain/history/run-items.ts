import type { Manifest } from '../backup/manifest.ts';
import type { Unpack } from '../backup/snapshot/read-index.ts';
import { readSnapshotObject } from '../backup/snapshot/read.ts';
import { itemsIn } from '../backup/snapshot/write.ts';
import type { ObjectStore, TableItem } from '../ports.ts';

/** A run whose items were kept: its manifest, and the bucket of the Region that has its snapshot. */
export interface RunItems {
  readonly manifest: Manifest;
  readonly objects: Pick<ObjectStore, 'read' | 'readRange'>;
  /** Unpacks gzip members beside everything else; without it they are unpacked in their turn. */
  readonly unpack?: Unpack;
}

/**
 * The items of a run's snapshot, in batches of at most 1,000 and in no order: each user, group and membership once. Nothing
 * of it is certain before the end. Halt SnapshotDamaged, also at the end of an object.
 */
export async function* itemsOfRun({ manifest, objects }: RunItems): AsyncGenerator<readonly TableItem[]> {
  for (const object of manifest.snapshot?.objects ?? []) yield* readSnapshotObject(objects, manifest.runId, object);
}

/** How far the reading of snapshots is. */
export interface ReadingProgress {
  /** Items read so far, of all that have to be read as far as is known. */
  readonly items: number;
  readonly of: number;
}

/** Items that the run's snapshot has. */
export const itemsInRun = ({ manifest }: Pick<RunItems, 'manifest'>): number =>
  itemsIn(manifest.snapshot?.objects ?? []);
