import { NAME_BYTES, RECORD_BYTES } from './index-format.ts';

const FIRST_ROOM = 65_536;
const GROWTH = 1.5;

/**
 * Records of an index as numbers of 64 bits, name before member: sorting numbers takes a tenth of a second per million, and no
 * memory beside them.
 */
export class SortedRecords {
  #halves = new Uint32Array(FIRST_ROOM * 2);
  #size = 0;

  /** Takes only the names of one of `of` equal shares of all digests. */
  constructor(private readonly share: { readonly number: number; readonly of: number }) {}

  /** Adds a record per name; `names`: one after the other. */
  add(names: Buffer, member: number): void {
    const { number, of } = this.share;
    for (let at = 0; at < names.length; at += NAME_BYTES) {
      const high = names.readUInt32BE(at);
      if (Math.floor((high / 2 ** 32) * of) !== number) continue;
      if (this.#size * 2 === this.#halves.length) this.#grow();
      // The processors of Lambda, and of everything that runs the command line, have the least significant half first.
      this.#halves[this.#size * 2] = (names.readUInt8(at + 4) << 24) | member;
      this.#halves[this.#size * 2 + 1] = high;
      this.#size += 1;
    }
  }

  /** Brings them into order, each once; resolves how many they are. */
  sort(): number {
    const numbers = new BigUint64Array(this.#halves.buffer, 0, this.#size).sort();
    let kept = 0;
    for (let index = 0; index < this.#size; index += 1) {
      if (kept > 0 && numbers[index] === numbers[kept - 1]) continue;
      numbers[kept] = numbers[index] as bigint;
      kept += 1;
    }
    this.#size = kept;
    return kept;
  }

  /** Writes the record at this place of the order. */
  write(index: number, target: Buffer, at: number): number {
    target.writeUInt32BE(this.#halves[index * 2 + 1] as number, at);
    target.writeUInt32BE(this.#halves[index * 2] as number, at + 4);
    return at + RECORD_BYTES;
  }

  #grow(): void {
    const larger = new Uint32Array(Math.ceil(this.#size * GROWTH) * 2);
    larger.set(this.#halves);
    this.#halves = larger;
  }
}
