import type { PoolUser } from '../model.ts';
import { userContentDigest } from '../digests/user-content.ts';

/**
 * Bits of the mark of a user whom the pool should hold; 0: no listing showed the user yet. They are part of stored
 * restores. What differs is told by the last page that showed the user.
 * `foreign`, always alone: somebody else has the name in the pool, and whatever has it is not looked at.
 * Only a restore sets `foreign`, `noPassword` (created one by one, without the permanent password), `unverified` (none
 * of the user's addresses is verified) and `notOffered` (the pool recovers by none of those that are).
 */
export const Mark = {
  seen: 1,
  attributesDiffer: 2,
  enabledDiffers: 4,
  foreign: 8,
  noPassword: 16,
  unverified: 32,
  notOffered: 64,
} as const;

const DIFFERS = Mark.attributesDiffer | Mark.enabledDiffers;

/** The mark of a user who was found, by the digest of the content that the user should have. */
export function contentMark(user: Pick<PoolUser, 'attributes' | 'enabled'>, contentDigest: Uint8Array): number {
  if (userContentDigest(user).equals(contentDigest)) return Mark.seen;
  const flagOnly = userContentDigest({ ...user, enabled: !user.enabled }).equals(contentDigest);
  return Mark.seen | (flagOnly ? Mark.enabledDiffers : Mark.attributesDiffer);
}

/** A listing showed the user, whatever it differs in. */
export const isSeen = (mark: number): boolean => (mark & Mark.seen) !== 0;
/** Neither seen nor somebody else's. */
export const isMissing = (mark: number): boolean => mark !== Mark.foreign && !isSeen(mark);
/** Seen, with other attributes or another enabled flag. */
export const isDifferent = (mark: number): boolean => (mark & DIFFERS) !== 0;
