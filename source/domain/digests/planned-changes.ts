import { createHash } from 'node:crypto';
import { CHECKSUM_BUCKETS, KEY_DIGEST_BYTES, bucketOf, keyDigest, sha256Of } from '../backup/hashing.ts';
import { itemKind } from '../backup/items.ts';
import type { ItemKind } from '../backup/items.ts';
import { changeDigestsKey } from '../backup/manifest.ts';
import type { OpenPlan } from '../backup/manifest.ts';
import type { BackupTable, ItemKey, TableItem } from '../ports.ts';
import { DigestTable } from './digest-table.ts';
import { RecordBuffer } from './record-buffer.ts';

/**
 * What a run is going to change in the table, as fixed-width records: so that a reader who meets the table in between
 * can tell of every item whether it is the old one, the new one, or none of the plan. The records lie in the table
 * (EXPORT#<run id>, CHANGES#<number>), so that they replicate with it; the format is part of what is stored.
 *
 * Record: key digest (16), checksum bucket (1), kind (1), content digest before (32), content digest after (32). A digest
 * of zeros: there is no such item.
 */
const BUCKET_AT = KEY_DIGEST_BYTES;
const KIND_AT = BUCKET_AT + 1;
const BEFORE_AT = KIND_AT + 1;
const DIGEST_BYTES = 32;
const AFTER_AT = BEFORE_AT + DIGEST_BYTES;
const RECORD_BYTES = AFTER_AT + DIGEST_BYTES;
const NONE = Buffer.alloc(DIGEST_BYTES);
const KINDS: readonly ItemKind[] = ['user', 'membership', 'group'];

/** Records per item of the table: in base64 about 330 KB of the 400 KB that DynamoDB allows. */
const RECORDS_PER_ITEM = 3_000;

/** One item that changes: `before` is absent when it is new, `after` when it is deleted. */
export interface PlannedChange {
  readonly kind: ItemKind;
  /** Index of the item's checksum in a manifest. */
  readonly bucket: number;
  /** See contentDigest. */
  readonly before?: Buffer;
  readonly after?: Buffer;
}

/** Gathers the records of a plan and gives them the form in which they are stored; those of a large plan item by item. */
export class PlannedChangesWriter {
  readonly #sha256 = createHash('sha256');
  #records = new RecordBuffer();
  #changes = 0;
  #items = 0;

  /** `before`, `after`: content digests as 64 hex digits, as items carry them. Throws TypeError for a key that is no content. */
  add(
    key: ItemKey,
    { before, after }: { readonly before?: string | undefined; readonly after?: string | undefined },
  ): void {
    const kind = itemKind(key);
    if (kind === undefined) throw new TypeError('only users, groups and memberships are planned');
    const record = Buffer.alloc(RECORD_BYTES);
    keyDigest(key).copy(record);
    record[BUCKET_AT] = bucketOf(key) % CHECKSUM_BUCKETS;
    record[KIND_AT] = KINDS.indexOf(kind);
    if (before !== undefined) record.write(before, BEFORE_AT, 'hex');
    if (after !== undefined) record.write(after, AFTER_AT, 'hex');
    this.#records.append(record);
    this.#sha256.update(record);
    this.#changes += 1;
  }

  /** Items that are full, each given once: what waits in memory stays small where they are taken now and then. */
  full(runId: string): TableItem[] {
    return this.#cut(runId, RECORDS_PER_ITEM * RECORD_BYTES);
  }

  /** What OPEN says about the plan, and the items (but those taken before) that must be in the table before OPEN is. Once, at the end. */
  stored(runId: string): { readonly plan: OpenPlan; readonly items: readonly TableItem[] } {
    const items = this.#cut(runId, RECORD_BYTES);
    return { plan: { changes: this.#changes, items: this.#items, sha256: this.#sha256.digest('hex') }, items };
  }

  /** Items of what waits, as long as that takes at least so many bytes. */
  #cut(runId: string, atLeast: number): TableItem[] {
    const all = this.#records.bytes();
    const items: TableItem[] = [];
    let at = 0;
    for (; all.length - at >= atLeast; at += RECORDS_PER_ITEM * RECORD_BYTES) {
      items.push({
        ...changeDigestsKey(runId, this.#items),
        records: all.subarray(at, at + RECORDS_PER_ITEM * RECORD_BYTES).toString('base64'),
      });
      this.#items += 1;
    }
    if (at > 0) {
      this.#records = new RecordBuffer();
      if (at < all.length) this.#records.append(all.subarray(at));
    }
    return items;
  }
}

/** The plan of a run that is being applied, by key. */
export class PlannedChanges {
  readonly #byKey: DigestTable;

  private constructor(private readonly records: Buffer) {
    this.#byKey = new DigestTable(records, RECORD_BYTES);
  }

  /** Undefined while one of the plan's items has not arrived in this Region, or is not what OPEN vouches for. */
  static async read(
    table: Pick<BackupTable, 'getItem'>,
    runId: string,
    plan: OpenPlan,
  ): Promise<PlannedChanges | undefined> {
    if (plan.changes > plan.items * RECORDS_PER_ITEM) return undefined;
    // One buffer: a plan that changes every item of a large pool is too large to be held twice.
    const all = Buffer.alloc(plan.changes * RECORD_BYTES);
    let length = 0;
    for (let index = 0; index < plan.items; index += 1) {
      const records = (await table.getItem(changeDigestsKey(runId, index)))?.records;
      if (typeof records !== 'string') return undefined;
      const part = Buffer.from(records, 'base64');
      if (length + part.length > all.length) return undefined;
      length += part.copy(all, length);
    }
    return length === all.length && sha256Of(all) === plan.sha256 ? new PlannedChanges(all) : undefined;
  }

  get size(): number {
    return this.#byKey.size;
  }

  /** Position of the key's change; undefined for an item that stays as it is. */
  find(key: ItemKey): number | undefined {
    return this.#byKey.find(keyDigest(key));
  }

  at(index: number): PlannedChange {
    const record = this.records.subarray(index * RECORD_BYTES, (index + 1) * RECORD_BYTES);
    const before = record.subarray(BEFORE_AT, AFTER_AT);
    const after = record.subarray(AFTER_AT);
    return {
      kind: KINDS[record[KIND_AT] as number] as ItemKind,
      bucket: record[BUCKET_AT] as number,
      ...(before.equals(NONE) ? {} : { before }),
      ...(after.equals(NONE) ? {} : { after }),
    };
  }
}
