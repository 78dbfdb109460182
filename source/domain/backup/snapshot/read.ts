import { createHash } from 'node:crypto';
import { counted, number } from '../../counted.ts';
import { Halt, isNamed } from '../../errors.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import type { Manifest, SnapshotIndex, SnapshotObject, SnapshotSettings } from '../manifest.ts';
import { gunzipped } from './gunzip.ts';
import { isManifestOf, isThinnedManifestOf } from './manifest-shape.ts';
import { manifestOfThinnedKey, SETTINGS_NAME, snapshotKey, snapshotManifestKey } from './names.ts';

/** Items per batch that a reader is given. */
const BATCH = 1000;
/** DynamoDB's items have at most 400 KB; as JSON, escapes included, they stay below this. */
const LONGEST_LINE = 4 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The manifest that closes the run's snapshot; undefined where there is none. Halt SnapshotDamaged when it is no manifest of that run. */
export async function readSnapshotManifest(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<Manifest | undefined> {
  return manifestAt(objects, snapshotManifestKey(runId), runId, isManifestOf);
}

/** The same where a damaged one counts as none. */
export async function undamagedManifest(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<Manifest | undefined> {
  try {
    return await readSnapshotManifest(objects, runId);
  } catch (error) {
    if (isNamed(error, 'SnapshotDamaged')) return undefined;
    throw error;
  }
}

/** The manifest, without its snapshot, that is kept of a run which was thinned out; otherwise as `readSnapshotManifest`. */
export async function readThinnedManifest(
  objects: Pick<ObjectStore, 'get'>,
  runId: string,
): Promise<Manifest | undefined> {
  return manifestAt(objects, manifestOfThinnedKey(runId), runId, isThinnedManifestOf);
}

async function manifestAt(
  objects: Pick<ObjectStore, 'get'>,
  key: string,
  runId: string,
  isIt: (value: unknown, runId: string) => value is Manifest,
): Promise<Manifest | undefined> {
  const stored = await objects.get(key);
  if (stored === undefined) return undefined;
  const manifest = parsed(Buffer.from(stored.body).toString('utf8'));
  return isIt(manifest, runId) ? manifest : damaged(key, `is no manifest of export run ${runId}`);
}

/**
 * The items of one object, in batches of at most 1,000, streamed. What it yields is void until the iteration has ended:
 * only then the object is known to have the size, the SHA-256 and the number of items that its manifest says. Halt
 * SnapshotDamaged, naming the object, when it is missing or anything else.
 */
export async function* readSnapshotObject(
  objects: Pick<ObjectStore, 'read'>,
  runId: string,
  object: SnapshotObject,
): AsyncGenerator<readonly TableItem[]> {
  const key = snapshotKey(runId, object.name);
  let items = 0;
  let batch: TableItem[] = [];
  for await (const line of linesOf(
    key,
    gunzipped(weighed(objects, key, object), () => damaged(key, 'is no valid gzip')),
  )) {
    batch.push(itemOf(key, line, `line ${items + 1}`));
    items += 1;
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (items !== object.items) damaged(key, `holds ${counted(items, 'item')} and should hold ${number(object.items)}`);
  if (batch.length > 0) yield batch;
}

/** Reads the whole index, or the pool's settings. Halt SnapshotDamaged, naming it, when it is not what the manifest says. */
export async function assertIntactObject(
  objects: Pick<ObjectStore, 'read'>,
  runId: string,
  object: SnapshotIndex | SnapshotSettings,
): Promise<void> {
  const meaning = object.name === SETTINGS_NAME ? UNUSABLE_SETTINGS : UNUSABLE_INDEX;
  for await (const _piece of weighed(objects, snapshotKey(runId, object.name), object, meaning));
}

/** The object's bytes; at their end Halt SnapshotDamaged when they are not those that were written. */
async function* weighed(
  objects: Pick<ObjectStore, 'read'>,
  key: string,
  expected: { readonly bytes: number; readonly sha256: string },
  meaning?: string,
): AsyncGenerator<Uint8Array> {
  const sha256 = createHash('sha256');
  let bytes = 0;
  for await (const piece of stored(objects, key, meaning)) {
    bytes += piece.length;
    sha256.update(piece);
    // More than the manifest says is damage, and no reason to go on unpacking.
    if (bytes > expected.bytes) damaged(key, `has more than its ${counted(expected.bytes, 'byte')}`, meaning);
    yield piece;
  }
  if (bytes !== expected.bytes)
    damaged(key, `has ${counted(bytes, 'byte')} and should have ${number(expected.bytes)}`, meaning);
  const found = sha256.digest('hex');
  if (found !== expected.sha256) damaged(key, `has the SHA-256 ${found} and should have ${expected.sha256}`, meaning);
}

async function* stored(objects: Pick<ObjectStore, 'read'>, key: string, meaning?: string): AsyncGenerator<Uint8Array> {
  try {
    yield* objects.read(key);
  } catch (error) {
    if (isNamed(error, 'BadState')) damaged(key, 'does not exist', meaning);
    throw error;
  }
}

/** Complete lines; a last one without its line end is damage. */
async function* linesOf(key: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let rest: Uint8Array[] = [];
  let waiting = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...rest, piece.subarray(from, at)]).toString('utf8');
      rest = [];
      waiting = 0;
      from = at + 1;
    }
    if (from === piece.length) continue;
    rest.push(piece.subarray(from));
    waiting += piece.length - from;
    if (waiting > LONGEST_LINE) damaged(key, `has a line of more than ${LONGEST_LINE} bytes`);
  }
  if (waiting > 0) damaged(key, 'ends in the middle of a line');
}

/** The item in a line of the object. */
export function itemOf(key: string, line: string, place: string): TableItem {
  const item = parsed(line) as Partial<TableItem> | null | undefined;
  return typeof item === 'object' && item !== null && typeof item.id === 'string' && typeof item.type === 'string'
    ? (item as TableItem)
    : damaged(key, `holds no item in ${place}`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What damage of an index means. */
export const UNUSABLE_INDEX =
  'the index of this snapshot cannot be used. The snapshot itself does not depend on it, and is read whole.';
const UNUSABLE_SETTINGS =
  "the pool's configuration in this snapshot cannot be used. The users, groups and memberships in it do not depend on it.";
const OTHERS = 'this snapshot is damaged. The snapshots of other export runs and the backup table do not depend on it.';

/** Halt SnapshotDamaged, naming the object. `meaning`: what that means, where it is not the snapshot's content. */
export function damaged(key: string, found: string, meaning = OTHERS): never {
  throw new Halt('SnapshotDamaged', `The object ${key} ${found}: ${meaning}`);
}
