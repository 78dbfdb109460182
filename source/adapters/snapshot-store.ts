import { objectsBelow, placeText } from '../domain/backup/snapshot/place.ts';
import type { SnapshotObjects, SnapshotPlace } from '../domain/backup/snapshot/place.ts';
import { Fault, Halt } from '../domain/errors.ts';
import type { AdapterOptions } from './client-options.ts';
import { objectStore } from './object-store.ts';

const ACCESS_DENIED = /^The function's role may not call (\S+)/;
const NO_BUCKET = /: NoSuchBucket\b/;

/**
 * Snapshots in a bucket that may be somebody else's and in another Region. What is said of one's own bucket would lead
 * astray there: Halt AccessDenied names its policy, and a bucket that does not exist is Halt ExportRunNotFound.
 */
export function snapshotStore(place: Pick<SnapshotPlace, 'bucket' | 'base'>, options: AdapterOptions): SnapshotObjects {
  const objects = objectsBelow(objectStore({ ...options, bucket: place.bucket, anyRegion: true }), place.base);
  return {
    get: (key) => objects.get(key).catch((error: unknown) => refused(place, error)),
    read: (key) => told(place, objects.read(key)),
    readRange: (key, from, bytes) =>
      objects.readRange(key, from, bytes).catch((error: unknown) => refused(place, error)),
    list: (prefix) => told(place, objects.list(prefix)),
  };
}

async function* told<T>(
  place: Pick<SnapshotPlace, 'bucket' | 'base'>,
  pieces: AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    yield* pieces;
  } catch (error) {
    refused(place, error);
  }
}

function refused(place: Pick<SnapshotPlace, 'bucket' | 'base'>, error: unknown): never {
  if (error instanceof Fault && NO_BUCKET.test(error.message))
    throw new Halt(
      'ExportRunNotFound',
      `There is no bucket ${place.bucket}, so nothing can be read from ${placeText(place)}. Nothing was written to the new pool. Check SnapshotPrefix and start again.`,
    );
  const [, call] = (error instanceof Halt && ACCESS_DENIED.exec(error.message)) || [];
  if (call === undefined) throw error;
  throw new Halt(
    'AccessDenied',
    `${call} was refused in ${placeText(place)}. A vault must let the functions of this launch read it by its bucket policy, and by that of its key where it has one (docs/runbooks/account-lost.md); the bucket of an earlier launch is read in the account of this launch only. Nothing was written to the new pool. Correct it and start again.`,
  );
}
