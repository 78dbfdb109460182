import { TEMPORARY_PASSWORD_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import { userContentDigest } from '../../digests/expected.ts';
import { hasVerifiedAddress } from '../csv/verified.ts';

/**
 * Bits of a user's mark. `foreign`, always alone: somebody else has the name in the new pool; nothing of it is looked
 * at. `noPassword`: created one by one, without the permanent password. `unverified`: none of its addresses is verified.
 */
export const Mark = {
  seen: 1,
  attributesDiffer: 2,
  enabledDiffers: 4,
  foreign: 8,
  noPassword: 16,
  unverified: 32,
} as const;

const DIFFERS = Mark.attributesDiffer | Mark.enabledDiffers;

/** What a listed user looks like beside the digest of what the pool should hold. */
export function markOf(user: PoolUser, contentDigest: Uint8Array): number {
  const same = userContentDigest(user).equals(contentDigest);
  const flagOnly = !same && userContentDigest({ ...user, enabled: !user.enabled }).equals(contentDigest);
  return (
    Mark.seen |
    (same ? 0 : flagOnly ? Mark.enabledDiffers : Mark.attributesDiffer) |
    (user.status === TEMPORARY_PASSWORD_STATUS ? Mark.noPassword : 0) |
    (hasVerifiedAddress(user.attributes) ? 0 : Mark.unverified)
  );
}

export const isMissing = (mark: number): boolean => mark !== Mark.foreign && (mark & Mark.seen) === 0;
export const isDifferent = (mark: number): boolean => (mark & DIFFERS) !== 0;
export const hasNoPassword = (mark: number): boolean => (mark & Mark.noPassword) !== 0;

/** Whether a repair has something to do for the user. */
export const hasProblem = (mark: number): boolean => isMissing(mark) || isDifferent(mark) || hasNoPassword(mark);
