import * as v from 'valibot';
import { textDigest } from '../backup/hashing.ts';
import { nameDigest } from '../digests/user-content.ts';
import type { PoolUser, SignInAttribute } from '../model.ts';
import type { Stored } from '../state/shape.ts';

export const matchingShape = v.object({
  /** By `sub`, which only the pool that a backup was made of keeps; any other pool knows them by their sign-in name. */
  bySub: v.boolean(),
  signInName: v.picklist(['username', 'email', 'phone_number'] satisfies SignInAttribute[]),
  /** Whether the pool tells sign-in names apart by case. */
  caseSensitive: v.boolean(),
});
/** How users of a pool are recognized among those that it should hold. */
export type Matching = Stored<typeof matchingShape>;

/** By what memberships know their users: the backup's `sub`, or the sign-in name in the form of nameKey. */
export type Holders = 'sub' | 'name';

/** What recognizes a user: a listed one, or one of the backup. */
export type Recognizable = Pick<PoolUser, 'sub' | 'username' | 'attributes'>;

/** The user's name at sign-in; empty where it has none. */
export const signInNameFrom = (
  { username, attributes }: Pick<PoolUser, 'username' | 'attributes'>,
  { signInName }: Pick<Matching, 'signInName'>,
): string => (signInName === 'username' ? username : attributes[signInName]) ?? '';

/** Digest of what recognizes the user. Without a sign-in name that is the `sub`, which no other pool has. */
export function userDigest(user: Recognizable, matching: Matching): Buffer {
  const name = signInNameFrom(user, matching);
  return matching.bySub || name === '' ? textDigest(`sub\u0000${user.sub}`) : nameDigest(name, matching.caseSensitive);
}

/** Digest of a membership whose user is known by `holder`: see Holders. Names of groups are always case-sensitive. */
export const membershipDigest = (group: string, holder: string): Buffer => textDigest(`${group}\u0000${holder}`);
