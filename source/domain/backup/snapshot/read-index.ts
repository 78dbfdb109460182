import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { forEachAtOnce } from '../../concurrency.ts';
import { isNamed } from '../../errors.ts';
import type { ObjectStore, TableItem } from '../../ports.ts';
import { bytesDigest } from '../hashing.ts';
import type { Manifest, SnapshotIndex, SnapshotObject } from '../manifest.ts';
import { BLOCK_BYTES, decodeDirectory, indexedName, NAME_BYTES, RECORD_BYTES } from './index-format.ts';
import type { IndexDirectory, IndexedMember } from './index-format.ts';
import { snapshotKey } from './names.ts';
import { damaged, itemOf, UNUSABLE_INDEX } from './read.ts';

type Ranges = Pick<ObjectStore, 'readRange'>;

/** Unpacks a gzip member. */
export type Unpack = (packed: Buffer) => Buffer | Promise<Buffer>;

const NEWLINE = 0x0a;
/** Requests that are under way at a time. */
const READS_AT_A_TIME = 8;

/**
 * Finds in a snapshot's index where users are, and reads only that. All of it is held against the directory, and that against
 * the manifest. Every method: Halt SnapshotDamaged, naming the object.
 */
export class SnapshotIndexReader {
  #digests: readonly string[] | undefined;

  private constructor(
    private readonly objects: Ranges,
    private readonly runId: string,
    private readonly index: SnapshotIndex,
    private readonly stored: readonly SnapshotObject[],
    private readonly directory: IndexDirectory,
    private readonly unpack: Unpack,
  ) {}

  /** Reads the directory; undefined where the snapshot has no index. */
  static async open(
    objects: Ranges,
    { runId, snapshot }: Pick<Manifest, 'runId' | 'snapshot'>,
    unpack: Unpack = gunzipSync,
  ): Promise<SnapshotIndexReader | undefined> {
    const index = snapshot?.index;
    if (snapshot === undefined || index === undefined) return undefined;
    const { bytes, sha256 } = index.directory;
    const key = snapshotKey(runId, index.name);
    const encoded = await rangeOf(objects, { key, from: index.bytes - bytes, bytes });
    if (encoded === undefined || createHash('sha256').update(encoded).digest('hex') !== sha256)
      return damaged(
        key,
        encoded === undefined ? 'does not exist' : 'has another directory than was written',
        UNUSABLE_INDEX,
      );
    return new SnapshotIndexReader(objects, runId, index, snapshot.objects, decodeDirectory(encoded), unpack);
  }

  /** Numbers of the members that have items of whoever has one of these names, in whatever spelling, or subs. */
  async membersOf(names: readonly string[]): Promise<ReadonlySet<number>> {
    const digests = names.map(indexedName);
    const wanted = new Set(digests.map((digest) => digest.toString('latin1')));
    const members = new Set<number>();
    await forEachAtOnce(joined(digests.flatMap((digest) => this.#blocksWith(digest))), READS_AT_A_TIME, async (run) => {
      const records = await this.#blocks(run);
      for (let at = 0; at < records.length; at += RECORD_BYTES)
        if (wanted.has(records.toString('latin1', at, at + NAME_BYTES)))
          members.add(records.readUIntBE(at + NAME_BYTES, 3));
    });
    return members;
  }

  /** Share of the snapshot's bytes that these members have. */
  shareOf(members: ReadonlySet<number>): number {
    let bytes = 0;
    for (const member of members) bytes += this.#member(member).bytes;
    return (
      bytes /
      Math.max(
        1,
        this.stored.reduce((sum, object) => sum + object.bytes, 0),
      )
    );
  }

  /** Digests of all members, by number: equal ones have equal items, also in two snapshots. */
  get memberDigests(): readonly string[] {
    this.#digests ??= this.directory.members.map(({ digest }) => digest.toString('latin1'));
    return this.#digests;
  }

  /** Reads the members, each once, in no order. */
  read(members: Iterable<number>, take: (items: readonly TableItem[]) => void): Promise<void> {
    return this.readBytes(members, (_number, bytes, itemAt) => {
      const items: TableItem[] = [];
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, from)) {
        items.push(itemAt(from, end));
        from = end + 1;
      }
      take(items);
    });
  }

  /** The same as the number of a member, the bytes of its lines, and what makes an item of those between two places. */
  async readBytes(
    members: Iterable<number>,
    take: (number: number, bytes: Buffer, itemAt: (from: number, to: number) => TableItem) => void,
  ): Promise<void> {
    await forEachAtOnce(members, READS_AT_A_TIME, async (number) => {
      const { object, from, bytes, digest } = this.#member(number);
      const key = snapshotKey(this.runId, (this.stored[object] as SnapshotObject).name);
      const packed = await rangeOf(this.objects, { key, from, bytes });
      if (packed === undefined) damaged(key, 'does not exist');
      if (!bytesDigest(packed).equals(digest))
        damaged(key, `has other bytes from ${from} to ${from + bytes} than were written`);
      const unpacked = await this.unpack(packed);
      const place = `a line of the member at ${from}`;
      take(number, unpacked, (begin, end) => itemOf(key, unpacked.toString('utf8', begin, end), place));
    });
  }

  #member(number: number): IndexedMember {
    const member = this.directory.members[number];
    return (
      member ??
      damaged(this.#key, `names member ${number}, and there are ${this.directory.members.length}`, UNUSABLE_INDEX)
    );
  }

  get #key(): string {
    return snapshotKey(this.runId, this.index.name);
  }

  /** Numbers of the blocks in which records of this name can be: the last one that begins before it, and those that begin with it. */
  #blocksWith(digest: Buffer): number[] {
    const { blocks } = this.directory;
    let [low, high] = [0, blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((blocks[middle] as { readonly first: Buffer }).first.compare(digest) < 0) low = middle + 1;
      else high = middle;
    }
    const found = low === 0 ? [] : [low - 1];
    for (; blocks[low]?.first.equals(digest) === true; low += 1) found.push(low);
    return found;
  }

  /** The records of several blocks in a row. */
  async #blocks({ first, count }: Row): Promise<Buffer> {
    const from = first * BLOCK_BYTES;
    const recordBytes = this.index.bytes - this.index.directory.bytes;
    const records = await rangeOf(this.objects, {
      key: this.#key,
      from,
      bytes: Math.min(count * BLOCK_BYTES, recordBytes - from),
    });
    if (records === undefined) return damaged(this.#key, 'does not exist', UNUSABLE_INDEX);
    for (let at = 0; at < count; at += 1) {
      const block = records.subarray(at * BLOCK_BYTES, (at + 1) * BLOCK_BYTES);
      if (this.directory.blocks[first + at]?.digest.equals(bytesDigest(block)) !== true)
        damaged(this.#key, `has other records in block ${first + at} than were written`, UNUSABLE_INDEX);
    }
    return records;
  }
}

interface Row {
  readonly first: number;
  readonly count: number;
}

/** Blocks that one request asks for at most. */
const ROW = 64;

/** Numbers that follow one another, as rows: each row is one request. */
function joined(numbers: readonly number[]): Row[] {
  const rows: { first: number; count: number }[] = [];
  for (const number of [...new Set(numbers)].sort((one, two) => one - two)) {
    const last = rows.at(-1);
    if (last !== undefined && last.first + last.count === number && last.count < ROW) last.count += 1;
    else rows.push({ first: number, count: 1 });
  }
  return rows;
}

async function rangeOf(
  objects: Ranges,
  { key, from, bytes }: { readonly key: string; readonly from: number; readonly bytes: number },
): Promise<Buffer | undefined> {
  try {
    return Buffer.from(await objects.readRange(key, from, bytes));
  } catch (error) {
    if (isNamed(error, 'BadState')) return undefined;
    throw error;
  }
}
