import { NO_CHAINS } from '../../listing/chains.ts';
import type { ChainProgress } from '../../listing/chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';

/** How the users are looked at: all of them, by name where something was wrong, or not again. */
export type UsersScope = ListingScope | 'named' | 'none';

/** How far the comparison of the pool with the plan has come. */
export interface CheckState {
  step: 'users' | 'groups' | 'members' | 'end';
  usersScope: UsersScope;
  /** Indexes of the groups whose members are listed. */
  memberGroups: 'all' | number[];
  chains: ChainProgress;
  /** Object with the marks of this state; absent before the first. */
  marksKey?: string;
  /** Objects with the lines of the sub map found so far. */
  subMapParts: string[];
  /** Groups of the plan that are missing or differ. */
  groupProblems: number[];
  /** In the pool, but not in the plan: reported only. */
  unknownUsers: number;
  unknownGroups: number;
  unknownMemberships: number;
  /** How far the walk over objects with problems has come (repair, or named look-ups). */
  walk: { source: number; item: number };
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
