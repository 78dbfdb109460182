import * as v from 'valibot';
import { Fault } from '../../errors.ts';
import type { ObjectStore } from '../../ports.ts';
import { adviceFor } from '../../state/advice.ts';
import { keyWithDigest } from '../../state/digest-keys.ts';
import type { Appendix } from '../../state/progress.ts';
import { countShape, onlyRead } from '../../state/shape.ts';
import { EXPORTS_PREFIX } from '../run.ts';

export const metShape = v.array(
  onlyRead(v.object({ key: v.pipe(v.string(), v.startsWith(EXPORTS_PREFIX)), items: countShape })),
);
/** Objects of records, as a checkpoint names them. */
export type MetParts = v.InferOutput<typeof metShape>;

/** A record: ordinal of the staged item (4), whether it is the stored one (1), content digest of the stored one (32). */
const SAME_AT = 4;
const BEFORE_AT = 5;
const RECORD_BYTES = 37;
const DIGEST_BYTES = RECORD_BYTES - BEFORE_AT;
/** Records that may wait in memory. */
const MAX_PENDING = 50_000;

/** Which of the staged items the table holds already, under the same key, and what it holds there. */
export class MetItems implements Appendix {
  #new: Buffer[] = [];

  /** Appends to `parts`. */
  constructor(private readonly parts: MetParts) {}

  get pending(): number {
    return this.#new.length / MAX_PENDING;
  }

  /** `same`: the stored item is as it should be, and stays. */
  add(ordinal: number, stored: { readonly same: boolean; readonly digest: Buffer }): void {
    const record = Buffer.alloc(RECORD_BYTES);
    record.writeUInt32LE(ordinal);
    record[SAME_AT] = stored.same ? 1 : 0;
    stored.digest.copy(record, BEFORE_AT);
    this.#new.push(record);
  }

  cut(newKey: (kind: string) => string): { readonly key: string; readonly body: Uint8Array }[] {
    if (this.#new.length === 0) return [];
    const body = Buffer.concat(this.#new);
    const key = keyWithDigest(newKey('met'), 'bin', body);
    this.parts.push({ key, items: this.#new.length });
    this.#new = [];
    return [{ key, body }];
  }
}

/** What MetItems gathered, by the ordinal of the staged item. */
export class StoredBefore {
  private constructor(
    private readonly known: Uint8Array,
    private readonly digests: Buffer,
  ) {}

  /** `staged`: number of staged items. Fault BadState when an object is missing or damaged. */
  static async load(objects: Pick<ObjectStore, 'get'>, parts: MetParts, staged: number): Promise<StoredBefore> {
    const before = new StoredBefore(new Uint8Array(staged), Buffer.alloc(staged * DIGEST_BYTES));
    for (const { key, items } of parts) {
      const body = Buffer.from((await objects.get(key))?.body ?? []);
      if (body.length !== items * RECORD_BYTES)
        throw new Fault('BadState', `The object ${key} is missing or damaged. ${adviceFor(key)}`);
      for (let at = 0; at < body.length; at += RECORD_BYTES) before.#take(body.subarray(at, at + RECORD_BYTES));
    }
    return before;
  }

  /** True when the table holds the staged item already. */
  isSame(ordinal: number): boolean {
    return this.known[ordinal] === 2;
  }

  /** Content digest of what the table holds under the item's key, 64 hex digits; undefined where it holds nothing. */
  digestOf(ordinal: number): string | undefined {
    return this.known[ordinal] === 0
      ? undefined
      : this.digests.toString('hex', ordinal * DIGEST_BYTES, (ordinal + 1) * DIGEST_BYTES);
  }

  #take(record: Buffer): void {
    const ordinal = record.readUInt32LE();
    this.known[ordinal] = record[SAME_AT] === 1 ? 2 : 1;
    record.copy(this.digests, ordinal * DIGEST_BYTES, BEFORE_AT);
  }
}
