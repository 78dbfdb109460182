import { KEY_DIGEST_BYTES } from '../backup/hashing.ts';

/**
 * Finds fixed-width records by the digest that they begin with: open addressing over the records' own bytes, so that
 * it costs 8 to 16 bytes per record beside them and no object per record.
 */
export class DigestTable {
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly size: number;

  /** `records`: concatenated records of `recordBytes` each. Of equal digests the first is found. */
  constructor(
    private readonly records: Buffer,
    private readonly recordBytes: number,
  ) {
    if (records.length % recordBytes !== 0)
      throw new RangeError(`records of ${recordBytes} bytes cannot fill ${records.length} bytes`);
    this.size = records.length / recordBytes;
    let slots = 16;
    while (slots < this.size * 2) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
    for (let ordinal = 0; ordinal < this.size; ordinal++) {
      const { slot, found } = this.#seek(records, ordinal * recordBytes);
      if (found === undefined) this.#slots[slot] = ordinal + 1;
    }
  }

  /** Ordinal of the record with this digest; undefined when there is none. */
  find(digest: Buffer): number | undefined {
    return this.#seek(digest, 0).found;
  }

  #seek(bytes: Buffer, at: number): { readonly slot: number; readonly found: number | undefined } {
    for (let slot = bytes.readUInt32BE(at) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return { slot, found: undefined };
      const start = (entry - 1) * this.recordBytes;
      if (bytes.compare(this.records, start, start + KEY_DIGEST_BYTES, at, at + KEY_DIGEST_BYTES) === 0)
        return { slot, found: entry - 1 };
    }
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
