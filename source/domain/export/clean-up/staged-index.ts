import { KEY_DIGEST_BYTES, keyDigest } from '../../backup/hashing.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { DigestTable } from '../../digests/digest-table.ts';
import type { ItemKey, ObjectStore } from '../../ports.ts';
import { READS_AT_A_TIME, readStagedRecords, STAGED_RECORD_BYTES, stagedContent, stagedIn } from '../staging.ts';
import type { StagedPart } from '../staging.ts';

/**
 * Finds staged items by key: of those with the same key the one that was staged last. An item is named by its ordinal,
 * counted over all parts. About 60 bytes for each.
 */
export class StagedIndex {
  /** The last one first, since a DigestTable finds the first of equals. */
  readonly #byKey: DigestTable;

  private constructor(private readonly records: Buffer) {
    this.#byKey = new DigestTable(records, STAGED_RECORD_BYTES);
  }

  static async load(objects: Pick<ObjectStore, 'get'>, parts: readonly StagedPart[]): Promise<StagedIndex> {
    const records = Buffer.alloc(stagedIn(parts) * STAGED_RECORD_BYTES);
    let before = 0;
    const placed = parts.map((part) => {
      const end = records.length - before * STAGED_RECORD_BYTES;
      before += part.items;
      return { part, end };
    });
    await forEachAtOnce(placed, READS_AT_A_TIME, async ({ part, end }) => {
      const read = await readStagedRecords(objects, part);
      for (let from = 0; from < read.length; from += STAGED_RECORD_BYTES)
        read.copy(records, end - from - STAGED_RECORD_BYTES, from, from + STAGED_RECORD_BYTES);
    });
    return new StagedIndex(records);
  }

  /** All staged items, each as often as it was staged. */
  get size(): number {
    return this.#byKey.size;
  }

  /** Different keys among them. */
  get keys(): number {
    let keys = 0;
    for (let ordinal = 0; ordinal < this.size; ordinal += 1) if (this.isLast(ordinal)) keys += 1;
    return keys;
  }

  /** Ordinal of the item that was staged last under this key. */
  find(key: ItemKey): number | undefined {
    return this.#lastOf(keyDigest(key));
  }

  /** False for an item whose key was staged again after it. */
  isLast(ordinal: number): boolean {
    return this.#lastOf(this.#record(ordinal).subarray(0, KEY_DIGEST_BYTES)) === ordinal;
  }

  /** Content digest. */
  contentOf(ordinal: number): Buffer {
    return stagedContent(this.#record(ordinal));
  }

  #lastOf(digest: Buffer): number | undefined {
    const found = this.#byKey.find(digest);
    return found === undefined ? undefined : this.size - 1 - found;
  }

  #record(ordinal: number): Buffer {
    const at = (this.size - 1 - ordinal) * STAGED_RECORD_BYTES;
    return this.records.subarray(at, at + STAGED_RECORD_BYTES);
  }
}
