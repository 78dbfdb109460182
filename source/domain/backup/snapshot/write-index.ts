import { createHash } from 'node:crypto';
import type { ObjectStore } from '../../ports.ts';
import { bytesDigest } from '../hashing.ts';
import type { SnapshotIndex } from '../manifest.ts';
import { BLOCK_BYTES, encodeDirectory, MOST_MEMBERS, NAME_BYTES } from './index-format.ts';
import type { IndexDirectory, IndexedBlock, IndexedMember } from './index-format.ts';
import { membersInPart } from './index-parts.ts';
import { INDEX_NAME, snapshotKey } from './names.ts';
import { SortedRecords } from './sorted-records.ts';
import { piecesOf } from './write.ts';
import type { ObjectParts, SnapshotState } from './write.ts';

/** Records that are sorted in memory at a time: 64 MB, a pool of two million users. Of more, each part is read several times. */
const RECORDS_AT_A_TIME = 8_000_000;

/** What an index is made of. */
export interface IndexSource {
  /** Names of the snapshot's objects, in the order in which the manifest lists them. */
  readonly names: readonly string[];
  readonly state: SnapshotState;
}

async function wholePart(objects: IndexObjects, part: ObjectParts['parts'][number]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of piecesOf(objects, [part])) pieces.push(piece);
  return Buffer.concat(pieces);
}

type IndexObjects = Pick<ObjectStore, 'read' | 'write'>;

/**
 * Writes the index of a snapshot; the same parts always give the same bytes. Undefined, and nothing is written, where not all
 * of the snapshot was gathered for it: a run that a version without indexes began. A snapshot without an index is read whole.
 */
export async function joinIndex(
  objects: IndexObjects,
  runId: string,
  { names, state }: IndexSource,
  recordsAtATime = RECORDS_AT_A_TIME,
): Promise<SnapshotIndex | undefined> {
  const gathered = state[INDEX_NAME] ?? { parts: [], items: 0 };
  const expected = names.reduce((sum, name) => sum + (state[name]?.items ?? 0), 0);
  if (gathered.items !== expected) return undefined;
  const most = gathered.parts.reduce((sum, { bytes }) => sum + bytes, 0) / NAME_BYTES;
  const members = await membersOf(objects, gathered, names);
  if (members.length > MOST_MEMBERS) return undefined;

  const whole = createHash('sha256');
  let bytes = 0;
  const counted = (piece: Buffer): Buffer => {
    whole.update(piece);
    bytes += piece.length;
    return piece;
  };
  const blocks: IndexedBlock[] = [];
  let directory: SnapshotIndex['directory'] | undefined;
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for await (const block of blocksOf(objects, gathered, Math.max(1, Math.ceil(most / recordsAtATime)))) {
      blocks.push({ first: Buffer.from(block.subarray(0, NAME_BYTES)), digest: bytesDigest(block) });
      yield counted(block);
    }
    const encoded = encodeDirectory({ members, blocks });
    directory = { bytes: encoded.length, sha256: createHash('sha256').update(encoded).digest('hex') };
    yield counted(encoded);
  };
  await objects.write(snapshotKey(runId, INDEX_NAME), pieces());
  return {
    name: INDEX_NAME,
    bytes,
    sha256: whole.digest('hex'),
    directory: directory as SnapshotIndex['directory'],
  };
}

async function membersOf(
  objects: IndexObjects,
  { parts }: ObjectParts,
  names: readonly string[],
): Promise<IndexDirectory['members']> {
  const members: IndexedMember[] = [];
  const places = new Map(names.map((name, place) => [name, place]));
  for (const part of parts)
    for (const { object, bytes, digest } of membersInPart(await wholePart(objects, part)))
      members.push({ object: places.get(object) as number, from: 0, bytes, digest: Buffer.from(digest) });
  return members;
}

/** All records in order, without doubles, as blocks; `passes`: that many shares of the digests, one after the other. */
async function* blocksOf(objects: IndexObjects, { parts }: ObjectParts, passes: number): AsyncGenerator<Buffer> {
  let block = Buffer.alloc(BLOCK_BYTES);
  let filled = 0;
  for (let pass = 0; pass < passes; pass += 1) {
    const records = new SortedRecords({ number: pass, of: passes });
    let member = 0;
    for (const part of parts)
      for (const { names } of membersInPart(await wholePart(objects, part))) records.add(names, member++);
    const size = records.sort();
    for (let index = 0; index < size; index += 1) {
      filled = records.write(index, block, filled);
      if (filled < BLOCK_BYTES) continue;
      yield block;
      block = Buffer.alloc(BLOCK_BYTES);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
