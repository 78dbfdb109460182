import { attributeOfName, namesAtSignIn } from '../../comparison/matching.ts';
import { nameKey } from '../../digests/user-content.ts';
import type { SignInAttribute } from '../../model.ts';
import type { RestoreUser } from '../plan/plan-model.ts';
import type { Classified } from './classify.ts';

/** What decides between users of one name. */
export interface NameRules {
  readonly signInName: SignInAttribute;
  /** Of the new pool, and of the one that was backed up. */
  readonly caseSensitive: boolean;
  readonly sourceCaseSensitive: boolean;
  /** When the export that is restored began, ISO 8601. */
  readonly runStartedAt: string;
}

/**
 * Users who give way to another of the same name. Who was created under that name while the export ran comes
 * first, restorable or not: the old pool had nobody else of that name any more, so the other one was deleted after the
 * export had listed it. Then, where the name is an e-mail address or phone number, the user who has verified it: anybody
 * can give the address of somebody else. Then the one created last: after an interrupted export the older one is a user
 * who was deleted since, and in a case-insensitive pool only one of them can exist. Whoever else is left out for a reason
 * of their own takes no part: nobody gives way to a user who does not come back. Where users sign in by either of two
 * addresses, who has no other one comes before these: the others may sign in by theirs.
 */
export async function collisions(
  users: AsyncIterable<Classified>,
  repeated: (name: string) => boolean,
  rules: NameRules,
): Promise<Loser[]> {
  const winners = new Map<string, Claim>();
  const losers: Loser[] = [];
  for await (const classified of users) {
    const claim = nameClaim(classified, rules);
    if (claim === undefined || !repeated(claim.name)) continue;
    const key = nameKey(claim.name, rules.caseSensitive);
    const rival = winners.get(key);
    const wins = rival === undefined || beats(claim, rival, rules);
    const [winner, loser] = wins ? [claim, rival] : [rival, claim];
    // Whom somebody replaced while the export ran was deleted, and does not come back by another address either.
    if (loser?.restorable === true)
      losers.push({
        sub: loser.sub,
        ...(loser.other === undefined || winner.replaces ? {} : { other: loser.other }),
      });
    if (wins) winners.set(key, claim);
  }
  return losers;
}

/** A user who gives way, and the address by which it may sign in instead. */
export interface Loser {
  readonly sub: string;
  readonly other?: string;
}

/** What a user has to say for having the name. */
interface Claim extends Loser {
  readonly name: string;
  readonly created: string;
  readonly verified: boolean;
  /** Created while the export ran. */
  readonly replaces: boolean;
  readonly restorable: boolean;
}

/** The name that a user claims; undefined for one who takes no part. */
export const claimedName = (classified: Classified): string | undefined =>
  classified.way !== 'exclude'
    ? classified.user.name
    : classified.signedUp === undefined
      ? undefined
      : classified.excluded.name;

function nameClaim(classified: Classified, rules: NameRules): Claim | undefined {
  const name = claimedName(classified);
  if (name === undefined) return undefined;
  if (classified.way === 'exclude') {
    const { excluded, signedUp = '' } = classified;
    return { sub: excluded.sub, name, created: signedUp, verified: false, replaces: true, restorable: false };
  }
  const { created, user } = classified;
  const attribute = attributeOfName(name, rules);
  const verified = attribute !== 'username' && user.attributes[`${attribute}_verified`]?.toLowerCase() === 'true';
  const other = otherAddress(user, rules);
  return {
    sub: user.sub,
    name,
    created,
    verified,
    replaces: created >= rules.runStartedAt,
    restorable: true,
    ...(other === undefined ? {} : { other }),
  };
}

function beats(claim: Claim, rival: Claim, { sourceCaseSensitive }: NameRules): boolean {
  const wereOne = nameKey(claim.name, sourceCaseSensitive) === nameKey(rival.name, sourceCaseSensitive);
  if (wereOne && claim.replaces !== rival.replaces) return claim.replaces;
  return rankOf(claim) > rankOf(rival);
}

const rankOf = ({ other, verified, replaces, created, sub }: Claim): string =>
  `${other === undefined ? 1 : 0} ${verified && !replaces ? 1 : 0} ${created} ${sub}`;

/** The address that is not the user's name, where either can be one. */
export const otherAddress = (
  { name, attributes }: Pick<RestoreUser, 'name' | 'attributes'>,
  { signInName }: Pick<NameRules, 'signInName'>,
): string | undefined =>
  signInName === 'emailOrPhone'
    ? namesAtSignIn({ username: '', attributes }, { signInName }).find((address) => address !== name)
    : undefined;
