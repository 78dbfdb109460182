import * as v from 'valibot';
import type { TableItem } from '../ports.ts';
import { sha256Shape } from '../state/shape.ts';
import { bucketOf, CHECKSUM_BUCKETS, contentDigest } from './hashing.ts';

const MODULUS = 1n << 256n;
const ZERO = '0'.repeat(64);

export const checksumsShape = v.pipe(v.array(sha256Shape), v.length(CHECKSUM_BUCKETS));

/**
 * 256 sums (modulo 2^256) of content digests: independent of the order of items, additive over segments, and it shows
 * which bucket of users differs. Values are 64 hex digits.
 */
export class Checksums {
  readonly #sums: bigint[];

  constructor(hex?: readonly string[]) {
    if (hex !== undefined && hex.length !== CHECKSUM_BUCKETS)
      throw new RangeError(`checksums need ${CHECKSUM_BUCKETS} values, found ${hex.length}`);
    this.#sums =
      hex === undefined ? new Array<bigint>(CHECKSUM_BUCKETS).fill(0n) : hex.map((value) => BigInt(`0x${value}`));
  }

  /** `digest`: the item's content digest, where it is known already. */
  add(item: TableItem, digest = contentDigest(item)): void {
    this.addIn(bucketOf(item), digest);
  }

  /** `bucket`: of the item that has this content digest. */
  addIn(bucket: number, digest: Buffer): void {
    this.#sums[bucket] = ((this.#sums[bucket] as bigint) + BigInt(`0x${digest.toString('hex')}`)) % MODULUS;
  }

  merge(other: Checksums): void {
    other.toHex().forEach((value, bucket) => {
      this.#sums[bucket] = ((this.#sums[bucket] as bigint) + BigInt(`0x${value}`)) % MODULUS;
    });
  }

  toHex(): string[] {
    return this.#sums.map((sum) => sum.toString(16).padStart(64, '0'));
  }

  /** Buckets in which the two differ. */
  static differing(left: readonly string[], right: readonly string[]): number[] {
    return Array.from({ length: CHECKSUM_BUCKETS }, (_, bucket) => bucket).filter(
      (bucket) => (left[bucket] ?? ZERO) !== (right[bucket] ?? ZERO),
    );
  }
}
