import { KEY_DIGEST_BYTES } from '../backup/hashing.ts';
import { counted } from '../counted.ts';
import { Slots } from './slots.ts';
import type { Slot } from './slots.ts';

const NONE: readonly number[] = [];

/**
 * Finds fixed-width records by the digest that they begin with: open addressing over the records' own bytes, so that
 * it costs 8 to 16 bytes per record beside them and no object per record.
 */
export class DigestTable {
  readonly #slots: Slots;
  /** Further records of a digest, by the first one; hardly ever any. */
  readonly #repeats = new Map<number, number[]>();
  readonly size: number;

  /** `records`: concatenated records of `recordBytes` each. Of equal digests `find` gives the first. */
  constructor(
    private readonly records: Buffer,
    private readonly recordBytes: number,
  ) {
    if (records.length % recordBytes !== 0)
      throw new RangeError(`records of ${counted(recordBytes, 'byte')} cannot fill ${counted(records.length, 'byte')}`);
    this.size = records.length / recordBytes;
    this.#slots = new Slots(this.size);
    for (let ordinal = 0; ordinal < this.size; ordinal++) {
      const { slot, found } = this.#seek(records, ordinal * recordBytes);
      if (found === undefined) this.#slots.put(slot, ordinal);
      else this.#repeats.set(found, [...this.repeatsOf(found), ordinal]);
    }
  }

  /** The other records with the digest of this one, which is the first. */
  repeatsOf(first: number): readonly number[] {
    return this.#repeats.get(first) ?? NONE;
  }

  /** Ordinal of the record with this digest; undefined when there is none. */
  find(digest: Buffer): number | undefined {
    return this.#seek(digest, 0).found;
  }

  #seek(bytes: Buffer, at: number): Slot {
    return this.#slots.seek(bytes.readUInt32BE(at), (ordinal) => {
      const start = ordinal * this.recordBytes;
      return bytes.compare(this.records, start, start + KEY_DIGEST_BYTES, at, at + KEY_DIGEST_BYTES) === 0;
    });
  }
}

/** One bit per record: what was seen or done. */
export class Bitmap {
  readonly bytes: Uint8Array;
  constructor(size: number, bytes?: Uint8Array) {
    this.bytes = bytes ?? new Uint8Array(Math.ceil(size / 8));
  }

  set(index: number): void {
    this.bytes[index >> 3] = (this.bytes[index >> 3] as number) | (1 << (index & 7));
  }

  has(index: number): boolean {
    return ((this.bytes[index >> 3] as number) & (1 << (index & 7))) !== 0;
  }
}
