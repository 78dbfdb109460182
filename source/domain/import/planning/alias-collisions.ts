import * as v from 'valibot';
import { nameKey } from '../../digests/user-content.ts';
import type { Attributes } from '../../model.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { isVerified } from '../csv/verified.ts';
import type { Classified } from './classify.ts';

export const aliasLoserShape = v.object({ sub: subShape, aliases: textsShape });
/** A user some of whose aliases are another user's in the new pool. */
export type AliasLoser = Stored<typeof aliasLoserShape>;

/** What decides which values users sign in by, and which of them are the same. */
export interface AliasRules {
  /** AliasAttributes of the new pool. */
  readonly aliases: readonly string[];
  readonly caseSensitive: boolean;
}

/** A restorable user. */
type Claimant = { readonly name: string; readonly attributes: Attributes };

/**
 * The values by which a user signs in besides the name, each as [attribute, value in the form of nameKey]. Anybody can give
 * the address of somebody else: it is an alias once it is verified. A value that is also the user's name takes nothing from
 * anybody.
 */
export function aliasesOf(
  { name, attributes }: Claimant,
  { aliases, caseSensitive }: AliasRules,
): (readonly [attribute: string, key: string])[] {
  const own = nameKey(name, caseSensitive);
  return aliases.flatMap((attribute) => {
    const value = attributes[attribute] ?? '';
    const counts = isContact(attribute) ? isVerified(attributes, attribute) : value !== '';
    const key = nameKey(value, caseSensitive);
    return counts && key !== own ? [[attribute, key] as const] : [];
  });
}

/** The attribute without which the user does not claim the alias: an unverified address may be anybody's. */
export const claimOf = (alias: string): string => (isContact(alias) ? `${alias}_verified` : alias);

const isContact = (attribute: string): attribute is 'email' | 'phone_number' =>
  attribute === 'email' || attribute === 'phone_number';

/**
 * Who has to do without which alias, by the rule for names (see collisions): a name comes before an alias, then the user
 * created last keeps it. Whoever is left out takes no part; `losers`: subs of users who give way by their name.
 */
export async function aliasCollisions(
  users: AsyncIterable<Classified>,
  repeated: (value: string) => boolean,
  { losers, ...rules }: AliasRules & { readonly losers: ReadonlySet<string> },
): Promise<AliasLoser[]> {
  const holders = new Map<string, { readonly sub: string; readonly rank: string; readonly alias: string }>();
  const lost = new Map<string, string[]>();
  for await (const classified of users) {
    if (classified.way === 'exclude' || losers.has(classified.user.sub)) continue;
    const { user, created } = classified;
    const name = nameKey(user.name, rules.caseSensitive);
    for (const [alias, key] of [['', name] as const, ...aliasesOf(user, rules)]) {
      if (!repeated(key)) continue;
      const claim = { sub: user.sub, rank: `${alias === '' ? 1 : 0} ${created} ${user.sub}`, alias };
      const rival = holders.get(key);
      // One user may hold a value by two attributes.
      if (rival?.sub === user.sub) continue;
      const wins = rival === undefined || claim.rank > rival.rank;
      const loser = wins ? rival : claim;
      if (wins) holders.set(key, claim);
      if (loser !== undefined && loser.alias !== '') lost.set(loser.sub, [...(lost.get(loser.sub) ?? []), loser.alias]);
    }
  }
  return [...lost].map(([sub, aliases]) => ({ sub, aliases }));
}
