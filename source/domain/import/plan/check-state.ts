import * as v from 'valibot';
import { chainProgressShape, NO_CHAINS } from '../../listing/chains.ts';
import { listingScopeShape } from '../../listing/user-chains.ts';
import { countShape, onlyRead, subShape } from '../../state/shape.ts';

const usersScopeShape = v.picklist([...listingScopeShape.options, 'named', 'none']);
/** How the users are looked at: all of them, by name where something was wrong, or not again. */
export type UsersScope = v.InferOutput<typeof usersScopeShape>;

const datesShape = v.object({ moved: countShape, still: countShape });

export const checkStateShape = v.object({
  step: v.picklist(['users', 'groups', 'members', 'end']),
  usersScope: usersScopeShape,
  /** Set once filters were refused, or of no use: they are not tried again. */
  oneChain: v.exactOptional(v.boolean()),
  /** Indexes of the groups whose members are listed. */
  memberGroups: v.union([v.literal('all'), v.array(countShape)]),
  chains: onlyRead(chainProgressShape),
  /** The execution that compares, and when it last did: another one, or after a pause, looks at everything anew. */
  by: v.exactOptional(v.string()),
  /** Milliseconds since the epoch. */
  at: v.exactOptional(v.number()),
  /** Object with the marks of this state; absent before the first. */
  marksKey: v.exactOptional(v.string()),
  /** Object with what somebody changed since; absent where nothing is known of it. */
  sinceKey: v.exactOptional(v.string()),
  /** Of how many users our later writes seem to have moved the date of change, and of how many they have not. */
  dates: v.exactOptional(v.object({ enabled: datesShape, disabled: datesShape })),
  /** Groups of the plan that somebody changed or deleted since; among `groupProblems`. */
  groupsChanged: v.exactOptional(v.array(countShape)),
  /** Users, with their name, of whom an account has the name that is not theirs; their own may be listed later. */
  strangers: v.exactOptional(v.array(v.strictTuple([countShape, v.string()]))),
  /** Users whose account has another name than planned. */
  renamed: v.exactOptional(v.array(countShape)),
  /** Users whose account was made in the place of an earlier one, of which memberships may still be on record. */
  madeAgain: v.exactOptional(v.array(countShape)),
  /** What is to be taken back from accounts of somebody else: a membership, or without `group` the disabled flag. */
  toTakeBack: v.exactOptional(
    v.array(
      v.object({
        /** Of the account. */
        sub: subShape,
        username: v.string(),
        /** Of the user whose name it has. */
        oldSub: subShape,
        name: v.string(),
        group: v.exactOptional(v.string()),
      }),
    ),
  ),
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
  groupProblems: [],
  unknownUsers: 0,
  unknownGroups: 0,
  unknownMemberships: 0,
  walk: { source: 0, item: 0 },
});

/** The comparison begins anew, `by` an execution where that matters: what an earlier one found out for good is kept. */
export function comparedAnew(
  before: CheckState | undefined,
  now: Required<Pick<CheckState, 'at'>> & Pick<CheckState, 'by'>,
): CheckState {
  const { sinceKey, oneChain, madeAgain } = before ?? {};
  return {
    ...initialCheckState(),
    ...now,
    ...(sinceKey === undefined ? {} : { sinceKey }),
    ...(madeAgain === undefined ? {} : { madeAgain }),
    ...(oneChain === true ? { oneChain, usersScope: 'single' } : {}),
  };
}
