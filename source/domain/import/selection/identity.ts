import { namesAtSignIn } from '../../comparison/matching.ts';
import { nameKey } from '../../digests/user-content.ts';
import { TEMPORARY_PASSWORD_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import type { RestoredPool } from '../updates/listed-user.ts';
import type { MadeEarlier } from './earlier-rows.ts';
import type { KnownSubs } from './sub-maps.ts';

/** Whose account it is that was found for a user of the backup. */
export type Identity =
  /** `byName`: only somebody's word says so. */
  | { readonly is: 'theirs'; readonly account: PoolUser; readonly byName?: true }
  /** Somebody else has the name. */
  | { readonly is: 'stranger'; readonly account: PoolUser; readonly why: string }
  | { readonly is: 'nobody' };

/** What tells whose account it is. */
export interface IdentityRules extends KnownSubs {
  readonly target: RestoredPool;
  /** Accounts that a look has found. */
  readonly accounts: readonly PoolUser[];
  /** `sub` in the backup of users of whom somebody said singly that the account of their name is theirs. */
  readonly confirmed: ReadonlySet<string>;
  readonly madeEarlier: MadeEarlier;
}

/** Of an account of which nothing tells whose it is. */
export const OTHER_ACCOUNT = 'another account has the sign-in name';
const UNCONFIRMED = 'UNCONFIRMED';
const CUT_OFF =
  'a selection that was cut off made the account, which has no password yet: start that one again, or delete the account';

/**
 * The account of a user of the backup: the one with the same sub, with a sub that a restore gave the user, or that an import
 * job of a selection made which was cut off; else whoever has the name is somebody else, unless that was confirmed for this one
 * user. A sign-up that nobody confirmed is never the user's, except in the pool where the user was one; nor is what a selection
 * made that was cut off before the password.
 */
export function identities({
  target,
  accounts,
  subs,
  unfinished,
  confirmed,
  madeEarlier,
}: IdentityRules): (user: { readonly sub: string; readonly name: string }) => Identity {
  const bySub = new Map(accounts.map((account) => [account.sub, account]));
  const keyOf = (name: string): string => nameKey(name, target.caseSensitive);
  const byName = new Map(
    accounts.flatMap((account) => namesAtSignIn(account, target).map((name) => [keyOf(name), account] as const)),
  );
  return ({ sub, name }) => {
    const same = bySub.get(sub);
    if (same !== undefined) return { is: 'theirs', account: same };
    const restored = (subs.get(sub) ?? []).flatMap((newSub) => bySub.get(newSub) ?? []);
    const account = restored.filter(({ status }) => status !== UNCONFIRMED).at(-1);
    if (account?.status === TEMPORARY_PASSWORD_STATUS && unfinished.has(account.sub))
      return { is: 'stranger', account, why: CUT_OFF };
    if (account !== undefined) return { is: 'theirs', account };
    const named = byName.get(keyOf(name));
    if (named === undefined) return { is: 'nobody' };
    if (named.status === UNCONFIRMED)
      return { is: 'stranger', account: named, why: 'a sign-up that nobody confirmed has the sign-in name' };
    if (madeEarlier(sub, named)) return { is: 'theirs', account: named };
    if (confirmed.has(sub)) return { is: 'theirs', account: named, byName: true };
    return { is: 'stranger', account: named, why: OTHER_ACCOUNT };
  };
}
