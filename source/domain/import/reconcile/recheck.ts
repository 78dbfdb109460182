import { isDifferent, isMissing } from '../../comparison/mark.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { updateOpShape } from '../plan/plan-model.ts';
import type { CheckRun } from './check-run.ts';
import type { CheckState, UsersScope } from '../plan/check-state.ts';
import { hasNoPassword, hasProblem } from './plan-marks.ts';

/** Up to this many users are looked up by name after a repair. */
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

/** What the comparison found wrong; users whose name somebody else has are not counted here. */
export function problemsOf({ marks, state }: CheckRun): Problems {
  return {
    users: marks.countUsers((mark) => isMissing(mark) || isDifferent(mark)),
    missing: marks.countUsers(isMissing),
    withoutPassword: marks.countUsers(hasNoPassword),
    memberships: marks.unseenMembershipCount,
    groups: state.groupProblems.length,
  };
}

/** Whether a repair has anything to do; `missing` users are among `users`. */
export const foundProblems = ({ users, withoutPassword, memberships, groups }: Problems): boolean =>
  users + withoutPassword + memberships + groups > 0;

/** What has to be looked at again after a repair: only what was wrong before it. */
export async function recheckScope(check: CheckRun): Promise<Partial<CheckState>> {
  const { missing } = problemsOf(check);
  const users = check.marks.countUsers(hasProblem);
  // Missing users could be an effect of the filters: then one chain decides.
  const usersScope: UsersScope =
    users === 0 ? 'none' : users <= BY_NAME ? 'named' : missing > 0 ? 'single' : 'prefixes';
  const counted = usersScope === 'single' || usersScope === 'prefixes' ? { unknownUsers: 0 } : {};
  return {
    ...counted,
    step: 'users',
    usersScope,
    memberGroups: await groupsOfMissing(check),
    chains: NO_CHAINS,
    walk: { source: 0, item: 0 },
  };
}

/** Indexes of the groups of missing memberships. */
async function groupsOfMissing({ marks, run }: CheckRun): Promise<number[]> {
  const batches = new Set<number>();
  for (const membership of marks.unseenMemberships()) batches.add(marks.expectedMembership(membership).own);
  const groups = new Set<number>();
  for (const { index, key } of run.plan.batches) {
    if (!batches.has(index)) continue;
    for await (const op of readNdjson(run.deps.objects, key, updateOpShape)) {
      if (op.op !== 'add' || groups.has(op.group)) continue;
      const membership = marks.membershipOf(run.groups[op.group]?.name ?? '', op.name);
      if (membership !== undefined && !marks.memberships.has(membership)) groups.add(op.group);
    }
  }
  return [...groups].sort((left, right) => left - right);
}
