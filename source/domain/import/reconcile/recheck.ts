import { NO_CHAINS } from '../../listing/chains.ts';
import type { CheckState, UsersScope } from '../plan/check-state.ts';
import type { CheckRun } from './check-run.ts';
import { hasNoPassword } from './plan-marks.ts';
import { eachLostMembership } from './undone.ts';
import type { Undone } from './undone.ts';
import { isChanged, isGone, isLost, isMembershipLost, isWrong, needsRepair } from './verdict.ts';

/** Up to this many users are looked up by name when a part of the pool is looked at again. */
const BY_NAME = 200;

/** Counts of what the pool lacks or holds otherwise than planned. */
export interface Problems {
  /** Missing or different. */
  readonly users: number;
  readonly missing: number;
  readonly withoutPassword: number;
  readonly memberships: number;
  readonly groups: number;
}

/** What the comparison found wrong; neither users whose name somebody else has nor what somebody changed since are counted. */
export function problemsOf(check: CheckRun): Problems {
  const { marks, state } = check;
  const missing = marks.countUsers((_mark, ordinal) => isLost(check, ordinal));
  let memberships = 0;
  for (const membership of marks.unseenMemberships()) if (isMembershipLost(check, membership)) memberships += 1;
  return {
    users: missing + marks.countUsers((_mark, ordinal) => isWrong(check, ordinal)),
    missing,
    withoutPassword: marks.countUsers(hasNoPassword),
    memberships,
    groups: state.groupProblems.length - (state.groupsChanged ?? []).length,
  };
}

/** Counts of what somebody changed since: kept, and reported. */
export interface ChangedCounts {
  readonly users: number;
  /** Accounts that this restore had made and that are gone. */
  readonly gone: number;
  readonly memberships: number;
  readonly groups: number;
}

/** What somebody changed in the new pool after this restore wrote it. */
export function changedSinceOf(check: CheckRun): ChangedCounts {
  const { marks, state, since } = check;
  let memberships = 0;
  for (const membership of marks.unseenMemberships()) if (since.memberships.has(membership)) memberships += 1;
  return {
    users: marks.countUsers((_mark, ordinal) => isChanged(check, ordinal)),
    gone: marks.countUsers((_mark, ordinal) => isGone(check, ordinal)),
    memberships,
    groups: (state.groupsChanged ?? []).length,
  };
}

/** Whether a repair has anything to do; `missing` users are among `users`. */
export const foundProblems = ({ users, withoutPassword, memberships, groups }: Problems): boolean =>
  users + withoutPassword + memberships + groups > 0;

/** What has to be looked at again after a repair: only what was wrong before it. */
export async function recheckScope(check: CheckRun): Promise<Partial<CheckState>> {
  const groups = new Set<number>();
  await eachLostMembership(check, (_membership, { group }) => groups.add(group));
  return scopeOf(
    check,
    [...groups].sort((left, right) => left - right),
  );
}

/** What has to be looked at again to tell what somebody undid from what a listing shows late. */
export const secondLookScope = (check: CheckRun, { memberGroups }: Undone): Partial<CheckState> =>
  scopeOf(check, memberGroups);

/** Of users: all who need something, as those who seem undone do before it is known that they were. */
function scopeOf(check: CheckRun, memberGroups: readonly number[]): Partial<CheckState> {
  const { marks, state } = check;
  const users = marks.countUsers((_mark, ordinal) => needsRepair(check, ordinal));
  const missing = marks.countUsers((_mark, ordinal) => isLost(check, ordinal));
  // Missing users could be an effect of the filters: then one chain decides.
  const usersScope: UsersScope =
    users === 0 ? 'none' : users <= BY_NAME ? 'named' : missing > 0 || state.oneChain === true ? 'single' : 'prefixes';
  const counted = usersScope === 'single' || usersScope === 'prefixes' ? { unknownUsers: 0 } : {};
  return {
    ...counted,
    step: 'users',
    usersScope,
    memberGroups: [...memberGroups],
    chains: NO_CHAINS,
    walk: { source: 0, item: 0 },
  };
}
