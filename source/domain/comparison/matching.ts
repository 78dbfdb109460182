import * as v from 'valibot';
import { textDigest } from '../backup/hashing.ts';
import { nameDigest } from '../digests/user-content.ts';
import { SIGN_IN_ATTRIBUTES } from '../model.ts';
import type { ContactAttribute, PoolUser } from '../model.ts';
import type { Stored } from '../state/shape.ts';

export const matchingShape = v.object({
  /** By `sub`, which only the pool that a backup was made of keeps; any other pool knows them by their sign-in name. */
  bySub: v.boolean(),
  signInName: v.picklist(SIGN_IN_ATTRIBUTES),
  /** Whether the pool tells sign-in names apart by case. */
  caseSensitive: v.boolean(),
});
/** How users of a pool are recognized among those that it should hold. */
export type Matching = Stored<typeof matchingShape>;

/** By what memberships know their users: the backup's `sub`, or the sign-in name in the form of nameKey. */
export type Holders = 'sub' | 'name';

/** A user whose name at sign-in is asked for. `signsInBy`: see UserItem; no listing of a pool tells it. */
export type NamedUser = Pick<PoolUser, 'username' | 'attributes'> & { readonly signsInBy?: ContactAttribute };
/** What recognizes a user: a listed one, or one of the backup. */
export type Recognizable = NamedUser & Pick<PoolUser, 'sub'>;

/**
 * The names that the user can have at sign-in: none without a value, and two where a pool takes either address, the user has
 * both, and nobody knows by which one it signed up; then the e-mail address is the first.
 */
export function namesAtSignIn(
  { username, attributes, signsInBy }: NamedUser,
  { signInName }: Pick<Matching, 'signInName'>,
): readonly string[] {
  const valueOf = (name: ContactAttribute): string[] =>
    (attributes[name] ?? '') === '' ? [] : [attributes[name] as string];
  if (signInName === 'username') return username === '' ? [] : [username];
  if (signInName !== 'emailOrPhone') return valueOf(signInName);
  const known = signsInBy === undefined ? [] : valueOf(signsInBy);
  return known.length > 0 ? known : [...valueOf('email'), ...valueOf('phone_number')];
}

/** The user's name at sign-in, or the one that is taken for it; empty where it has none. */
export const signInNameFrom = (user: NamedUser, matching: Pick<Matching, 'signInName'>): string =>
  namesAtSignIn(user, matching)[0] ?? '';

/** What has the name as its value: in a pool that takes either address the name's own form tells. */
export const attributeOfName = (
  name: string,
  { signInName }: Pick<Matching, 'signInName'>,
): 'username' | ContactAttribute =>
  signInName !== 'emailOrPhone' ? signInName : /^\+\d+$/.test(name) ? 'phone_number' : 'email';

/** Digest of what recognizes the user. Without a sign-in name that is the `sub`, which no other pool has. */
export function userDigest(user: Recognizable, matching: Matching): Buffer {
  const name = signInNameFrom(user, matching);
  return matching.bySub || name === '' ? textDigest(`sub\u0000${user.sub}`) : nameDigest(name, matching.caseSensitive);
}

/** Digest of a membership whose user is known by `holder`: see Holders. Names of groups are always case-sensitive. */
export const membershipDigest = (group: string, holder: string): Buffer => textDigest(`${group}\u0000${holder}`);
