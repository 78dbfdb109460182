import { createHash } from 'node:crypto';
import { CHECKSUM_BUCKETS, KEY_DIGEST_BYTES, bucketOf, keyDigest } from '../backup/hashing.ts';
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

/** Gathers the records of a plan and gives them the form in which they are stored. */
export class PlannedChangesWriter {
  readonly #records = new RecordBuffer();

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
  }

  /** What OPEN says about the plan, and the items that must be in the table before OPEN is. */
  stored(runId: string): { readonly plan: OpenPlan; readonly items: readonly TableItem[] } {
    const all = this.#records.bytes();
    const items: TableItem[] = [];
    for (let at = 0; at < all.length; at += RECORDS_PER_ITEM * RECORD_BYTES)
      items.push({
        ...changeDigestsKey(runId, items.length),
        records: all.subarray(at, at + RECORDS_PER_ITEM * RECORD_BYTES).toString('base64'),
      });
    return {
      plan: { changes: all.length / RECORD_BYTES, items: items.length, sha256: sha256Of(all) },
      items,
    };
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

const sha256Of = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
