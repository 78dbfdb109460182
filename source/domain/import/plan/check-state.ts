import { NO_CHAINS } from '../../listing/chains.ts';
import type { ChainProgress } from '../../listing/chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';

/** How the users are looked at: all of them, by name where something was wrong, or not again. */
export type UsersScope = ListingScope | 'named' | 'none';

/** How far the comparison of the pool with the plan has come. */
export interface CheckState {
  readonly step: 'users' | 'groups' | 'members' | 'end';
  readonly usersScope: UsersScope;
  /** Indexes of the groups whose members are listed. */
  readonly memberGroups: 'all' | readonly number[];
  readonly chains: ChainProgress;
  /** Object with the marks of this state; absent before the first. */
  readonly marksKey?: string;
  /** Objects with the lines of the sub map found so far. */
  readonly subMapParts: readonly string[];
  /** Groups of the plan that are missing or differ. */
  readonly groupProblems: readonly number[];
  /** In the pool, but not in the plan: reported only. */
  readonly unknownUsers: number;
  readonly unknownGroups: number;
  readonly unknownMemberships: number;
  /** How far the walk over objects with problems has come (repair, or named look-ups). */
  readonly walk: { readonly source: number; readonly item: number };
}

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
