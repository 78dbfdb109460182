import { createHash } from 'node:crypto';
import type { Hash } from 'node:crypto';
import { Fault } from '../errors.ts';
import { adviceFor } from './advice.ts';

/** Digits of SHA-256 that such a key carries: 64 bits, against damage and mistakes. */
const DIGITS = 16;
const WITH_DIGEST = /\.([0-9a-f]{16})\.[a-z]+$/;

const digestOf = (hash: Hash): string => hash.digest('hex').slice(0, DIGITS);
/** The digest that stands beside what is stored under a key that cannot carry it. */
export const digestOfText = (text: string): string => digestOf(createHash('sha256').update(text));

/**
 * The key of an object that is written once and named by a checkpoint or a plan: it carries a digest of what is written,
 * so that whoever reads it can tell whether it still is that. The same content under the same name has the same key.
 */
export const keyWithDigest = (name: string, ending: string, body: Uint8Array | string): string =>
  `${name}.${digestOf(createHash('sha256').update(body))}.${ending}`;

const damaged = (key: string): Fault =>
  new Fault('BadState', `The object ${key} is damaged: it is not what was written under this name. ${adviceFor(key)}`);

/** Fault BadState when the key carries a digest and the body has another. */
export function assertIntact(key: string, body: Uint8Array): void {
  const digest = WITH_DIGEST.exec(key)?.[1];
  if (digest !== undefined && digestOf(createHash('sha256').update(body)) !== digest) throw damaged(key);
}

/** The pieces of an object as they come; at its end Fault BadState when the key carries a digest and they have another. */
export async function* intactPieces(
  key: string,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const digest = WITH_DIGEST.exec(key)?.[1];
  const hash = createHash('sha256');
  for await (const piece of pieces) {
    if (digest !== undefined) hash.update(piece);
    yield piece;
  }
  if (digest !== undefined && digestOf(hash) !== digest) throw damaged(key);
}
