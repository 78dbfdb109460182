import { KEY_DIGEST_BYTES } from '../backup/hashing.ts';

const WORDS = KEY_DIGEST_BYTES / 4;
const FULL = 0.7;
const GROWTH = 1.5;

/**
 * A set of key digests in one typed array: 4 million keys take about 91 MB when their number is given beforehand. Open
 * addressing with linear probing; digests are uniformly distributed, so their first word is the hash. The all-zero
 * digest marks a free slot (no SHA-256 in practice begins with 128 zero bits).
 */
export class DigestSet {
  #slots: Uint32Array;
  #capacity: number;
  #size = 0;

  constructor(expected = 0) {
    this.#capacity = Math.max(64, Math.ceil(expected / FULL) + 1);
    this.#slots = new Uint32Array(this.#capacity * WORDS);
  }

  get size(): number {
    return this.#size;
  }

  /** False when the digest was already there. */
  add(digest: Buffer): boolean {
    if (this.#size + 1 > this.#capacity * FULL) this.#grow();
    const added = this.#insert(
      digest.readUInt32LE(0),
      digest.readUInt32LE(4),
      digest.readUInt32LE(8),
      digest.readUInt32LE(12),
    );
    if (added) this.#size += 1;
    return added;
  }

  has(digest: Buffer): boolean {
    return (
      this.#find(digest.readUInt32LE(0), digest.readUInt32LE(4), digest.readUInt32LE(8), digest.readUInt32LE(12)) >= 0
    );
  }

  #insert(a: number, b: number, c: number, d: number): boolean {
    const at = this.#find(a, b, c, d);
    if (at >= 0) return false;
    const free = ~at;
    this.#slots[free] = a;
    this.#slots[free + 1] = b;
    this.#slots[free + 2] = c;
    this.#slots[free + 3] = d;
    return true;
  }

  /** Offset of the digest, or the complement of the free slot where it belongs. */
  #find(a: number, b: number, c: number, d: number): number {
    const slots = this.#slots;
    const end = this.#capacity * WORDS;
    let at = Math.floor((a / 2 ** 32) * this.#capacity) * WORDS;
    for (;;) {
      const [w, x, y, z] = [slots[at], slots[at + 1], slots[at + 2], slots[at + 3]];
      if (w === a && x === b && y === c && z === d) return at;
      if (w === 0 && x === 0 && y === 0 && z === 0) return ~at;
      at += WORDS;
      if (at === end) at = 0;
    }
  }

  #grow(): void {
    const old = this.#slots;
    this.#capacity = Math.ceil(this.#capacity * GROWTH);
    this.#slots = new Uint32Array(this.#capacity * WORDS);
    for (let at = 0; at < old.length; at += WORDS) {
      const [a, b, c, d] = [old[at] as number, old[at + 1] as number, old[at + 2] as number, old[at + 3] as number];
      if (a !== 0 || b !== 0 || c !== 0 || d !== 0) this.#insert(a, b, c, d);
    }
  }
}
