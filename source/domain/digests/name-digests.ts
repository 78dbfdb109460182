import { nameDigest } from './user-content.ts';

/** Eight bytes per name: finds names (or other values for signing in) that may be equal among millions without keeping them. */
export class NameDigests {
  #values = new BigUint64Array(1024);
  #length = 0;

  constructor(private readonly caseSensitive: boolean) {}

  add(name: string): void {
    if (this.#length === this.#values.length) {
      const larger = new BigUint64Array(this.#length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length] = this.#short(name);
    this.#length += 1;
  }

  /** Tells for any name whether another one was added with the same digest (a second look decides); undefined when there is none. */
  repeated(): ((name: string) => boolean) | undefined {
    const sorted = this.#values.subarray(0, this.#length).sort();
    const found = new Set<bigint>();
    for (let at = 1; at < sorted.length; at++) if (sorted[at] === sorted[at - 1]) found.add(sorted[at] as bigint);
    return found.size === 0 ? undefined : (name) => found.has(this.#short(name));
  }

  /** Whether the name, or another one with the same digest, was added; only after `repeated`. */
  has(name: string): boolean {
    const wanted = this.#short(name);
    let [low, high] = [0, this.#length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#values[middle] as bigint) < wanted) low = middle + 1;
      else high = middle;
    }
    return low < this.#length && this.#values[low] === wanted;
  }

  #short = (name: string): bigint => nameDigest(name, this.caseSensitive).readBigUInt64BE();
}
