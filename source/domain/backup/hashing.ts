import { hash } from 'node:crypto';
import type { ItemKey, TableItem } from '../ports.ts';

/** Bookkeeping that does not belong to the content: it differs between runs that saw the same user. */
const BOOKKEEPING = new Set(['contentHash', 'changedIn']);

const NOTHING: ReadonlySet<string> = new Set();

/** JSON with sorted keys at every level, without some of the uppermost ones: the same content always gives the same text. */
export function canonicalJson(value: unknown, without = NOTHING): string {
  if (Array.isArray(value)) return `[${value.map((one) => canonicalJson(one)).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  const record = value as Record<string, unknown>;
  let text = '';
  for (const key of Object.keys(record).sort()) {
    const field = record[key];
    if (field !== undefined && !without.has(key))
      text += `${text === '' ? '{' : ','}${JSON.stringify(key)}:${canonicalJson(field)}`;
  }
  return text === '' ? '{}' : `${text}}`;
}

/** SHA-256 as 64 hex digits. In one call, since every item of a pool is hashed several times in a run. */
const sha256Hex = (text: string): string => hash('sha256', text, 'hex');

/** SHA-256, 32 bytes. */
export const sha256 = (text: string): Buffer => Buffer.from(sha256Hex(text), 'hex');

/** SHA-256 of bytes, as 64 hex digits. */
export const sha256Of = (bytes: Uint8Array): string => hash('sha256', bytes, 'hex');

/** SHA-256 (32 bytes) of an item's key and content, without bookkeeping. */
export const contentDigest = (item: TableItem): Buffer => sha256(canonicalJson(item, BOOKKEEPING));

/** The digest as hex; stored on every item, so that a listed page is compared without reading content. */
export const contentHash = (item: TableItem): string => sha256Hex(canonicalJson(item, BOOKKEEPING));

/** Bytes of a key digest in ledgers: 128 bits, so that 4 million keys take 64 MB and never collide in practice. */
export const KEY_DIGEST_BYTES = 16;

/** First 16 bytes of SHA-256 over a text that recognizes something. */
export const textDigest = (text: string): Buffer => sha256(text).subarray(0, KEY_DIGEST_BYTES);

/** The same over bytes. */
export const bytesDigest = (bytes: Uint8Array): Buffer => hash('sha256', bytes, 'buffer').subarray(0, KEY_DIGEST_BYTES);

/** The same over an item's key. */
export const keyDigest = ({ id, type }: ItemKey): Buffer => textDigest(`${id}\u0000${type}`);

/** Number of checksum buckets in a manifest. */
export const CHECKSUM_BUCKETS = 256;

/** The bucket of an item: first byte of SHA-256 of `id`, so that a user and its memberships share one. */
export const bucketOf = ({ id }: ItemKey): number => Number.parseInt(sha256Hex(id).slice(0, 2), 16);
