import { createHash } from 'node:crypto';
import type { ItemKey, TableItem } from '../ports.ts';

/** Bookkeeping that does not belong to the content: it differs between runs that saw the same user. */
const BOOKKEEPING = new Set(['contentHash', 'changedIn']);

/** JSON with sorted keys at every level: the same content always gives the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const record = value as Record<string, unknown>;
    const parts = Object.keys(record).filter((key) => record[key] !== undefined).sort()
      .map((key) => `${JSON.stringify(key)}:${canonicalJson(record[key])}`);
    return `{${parts.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/** SHA-256 (32 bytes) of an item's key and content, without bookkeeping. */
export function contentDigest(item: TableItem): Buffer {
  const content = Object.fromEntries(Object.entries(item).filter(([key]) => !BOOKKEEPING.has(key)));
  return createHash('sha256').update(canonicalJson(content)).digest();
}

/** The digest as hex; stored on every item, so that a listed page is compared without reading content. */
export const contentHash = (item: TableItem): string => contentDigest(item).toString('hex');

/** Bytes of a key digest in ledgers: 128 bits, so that 4 million keys take 64 MB and never collide in practice. */
export const KEY_DIGEST_BYTES = 16;

/** First 16 bytes of SHA-256 over the key. */
export const keyDigest = ({ id, type }: ItemKey): Buffer =>
  createHash('sha256').update(id).update('\u0000').update(type).digest().subarray(0, KEY_DIGEST_BYTES);

/** Number of checksum buckets in a manifest. */
export const CHECKSUM_BUCKETS = 256;

/** The bucket of an item: first byte of SHA-256 of `id`, so that a user and its memberships share one. */
export const bucketOf = ({ id }: ItemKey): number => createHash('sha256').update(id).digest()[0] as number;
