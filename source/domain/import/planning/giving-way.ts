import { claimOf } from './alias-collisions.ts';
import type { AliasLoser } from './alias-collisions.ts';
import { isSignInUnknown, SIGNS_IN_BY_OTHER } from '../plan/attribute-loss.ts';
import { leftOut, wayOf } from './classify.ts';
import type { Classified, Rules } from './classify.ts';
import { otherAddress } from './collisions.ts';

/** Who gives way to others of the backup: by name altogether, by aliases for these. */
export interface GivingWay {
  /** Subs. */
  readonly names: ReadonlySet<string>;
  /** Subs of those who sign in by their other address instead. */
  readonly byOtherAddress: ReadonlySet<string>;
  /** Aliases by sub. */
  readonly aliases: ReadonlyMap<string, readonly string[]>;
}

/** The same from what was found of names and aliases. */
export const givingWay = (
  names: readonly string[],
  aliases: readonly AliasLoser[],
  byOtherAddress: readonly string[],
): GivingWay => ({
  names: new Set(names),
  byOtherAddress: new Set(byOtherAddress),
  aliases: new Map(aliases.map((loser) => [loser.sub, loser.aliases])),
});

/**
 * How the user comes back now that names and aliases were compared: not at all when another one of the same name does;
 * without what makes a value an alias when another one keeps it.
 */
export function afterCollisions(
  classified: Classified,
  { names, byOtherAddress, aliases }: GivingWay,
  rules: Rules,
): Classified {
  if (classified.way === 'exclude') return classified;
  const { user, created, lost = [] } = classified;
  if (names.has(user.sub))
    return leftOut(
      user,
      'NameCollision',
      'Another user has the same name in the new pool: the one who signed up while the export ran, by when nobody else had the name any more, else the one who has verified it, else the one created last.',
    );
  const other = byOtherAddress.has(user.sub) ? otherAddress(user, rules) : undefined;
  if (other !== undefined) {
    const known = lost.filter((loss) => !isSignInUnknown(loss));
    return wayOf({ user: { ...user, name: other }, created, lost: [...known, SIGNS_IN_BY_OTHER] }, rules);
  }
  const given = aliases.get(user.sub);
  if (given === undefined) return classified;
  const claims = given.map((alias) => ({
    attribute: claimOf(alias),
    reason: 'AliasCollision' as const,
    detail: `Another user of the backup signs in by the same ${alias} in the new pool: the one whose username it is, else the one created last.`,
  }));
  const attributes = Object.fromEntries(
    Object.entries(user.attributes).filter(([name]) => claims.every(({ attribute }) => attribute !== name)),
  );
  return wayOf({ user: { ...user, attributes }, created, lost: [...lost, ...claims] }, rules);
}
