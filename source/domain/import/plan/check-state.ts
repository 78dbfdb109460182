import * as v from 'valibot';
import { chainProgressShape, NO_CHAINS } from '../../listing/chains.ts';
import { listingScopeShape } from '../../listing/user-chains.ts';
import { countShape, onlyRead, textsShape } from '../../state/shape.ts';

const usersScopeShape = v.picklist([...listingScopeShape.options, 'named', 'none']);
/** How the users are looked at: all of them, by name where something was wrong, or not again. */
export type UsersScope = v.InferOutput<typeof usersScopeShape>;

export const checkStateShape = v.object({
  step: v.picklist(['users', 'groups', 'members', 'end']),
  usersScope: usersScopeShape,
  /** Indexes of the groups whose members are listed. */
  memberGroups: v.union([v.literal('all'), v.array(countShape)]),
  chains: onlyRead(chainProgressShape),
  /** Object with the marks of this state; absent before the first. */
  marksKey: v.exactOptional(v.string()),
  /** Objects with the lines of the sub map found so far. */
  subMapParts: textsShape,
  /** Groups of the plan that are missing or differ. */
  groupProblems: v.array(countShape),
  /** In the pool, but not in the plan: reported only. */
  unknownUsers: countShape,
  unknownGroups: countShape,
  unknownMemberships: countShape,
  /** How far the walk over objects with problems has come (repair, or named look-ups). */
  walk: v.object({ source: countShape, item: countShape }),
});
/** How far the comparison of the pool with the plan has come; changed in place. */
export type CheckState = v.InferOutput<typeof checkStateShape>;

/** Nothing was compared yet. */
export const initialCheckState = (): CheckState => ({
  step: 'users',
  usersScope: 'prefixes',
  memberGroups: 'all',
  chains: NO_CHAINS,
  subMapParts: [],
  groupProblems: [],
  unknownUsers: 0,
  unknownGroups: 0,
  unknownMemberships: 0,
  walk: { source: 0, item: 0 },
});
