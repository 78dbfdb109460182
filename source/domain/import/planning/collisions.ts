import { nameKey } from '../../digests/user-content.ts';
import type { SignInAttribute } from '../../model.ts';
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
 * Subs of users who give way to another of the same name. Who was created under that name while the export ran comes
 * first, restorable or not: the old pool had nobody else of that name any more, so the other one was deleted after the
 * export had listed it. Then, where the name is an e-mail address or phone number, the user who has verified it: anybody
 * can give the address of somebody else. Then the one created last: after an interrupted export the older one is a user
 * who was deleted since, and in a case-insensitive pool only one of them can exist. Whoever else is left out for a reason
 * of their own takes no part: nobody gives way to a user who does not come back.
 */
export async function collisions(
  users: AsyncIterable<Classified>,
  repeated: (name: string) => boolean,
  rules: NameRules,
): Promise<string[]> {
  const winners = new Map<string, Claim>();
  const losers: string[] = [];
  for await (const classified of users) {
    const claim = nameClaim(classified, rules);
    if (claim === undefined || !repeated(claim.name)) continue;
    const key = nameKey(claim.name, rules.caseSensitive);
    const rival = winners.get(key);
    const wins = rival === undefined || beats(claim, rival, rules);
    const loser = wins ? rival : claim;
    if (loser?.restorable === true) losers.push(loser.sub);
    if (wins) winners.set(key, claim);
  }
  return losers;
}

/** What a user has to say for having the name. */
interface Claim {
  readonly sub: string;
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

function nameClaim(classified: Classified, { signInName, runStartedAt }: NameRules): Claim | undefined {
  const name = claimedName(classified);
  if (name === undefined) return undefined;
  if (classified.way === 'exclude') {
    const { excluded, signedUp = '' } = classified;
    return { sub: excluded.sub, name, created: signedUp, verified: false, replaces: true, restorable: false };
  }
  const { created, user } = classified;
  const verified = signInName !== 'username' && user.attributes[`${signInName}_verified`]?.toLowerCase() === 'true';
  return { sub: user.sub, name, created, verified, replaces: created >= runStartedAt, restorable: true };
}

function beats(claim: Claim, rival: Claim, { sourceCaseSensitive }: NameRules): boolean {
  const wereOne = nameKey(claim.name, sourceCaseSensitive) === nameKey(rival.name, sourceCaseSensitive);
  if (wereOne && claim.replaces !== rival.replaces) return claim.replaces;
  return rankOf(claim) > rankOf(rival);
}

const rankOf = ({ verified, replaces, created, sub }: Claim): string =>
  `${verified && !replaces ? 1 : 0} ${created} ${sub}`;
