import { readNdjson } from '../../state/ndjson.ts';
import type { UpdateOp } from '../plan/plan-model.ts';
import type { CheckRun } from './check-run.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { CheckState, UsersScope } from '../plan/check-state.ts';
import { hasNoPassword, hasProblem, isDifferent, isMissing } from './mark.ts';

/** Up to this many users are looked up by name after a repair. */
const BY_NAME = 200;

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
  let users = 0;
  let missing = 0;
  let withoutPassword = 0;
  for (const mark of marks.users) {
    if (isMissing(mark)) missing += 1;
    if (isMissing(mark) || isDifferent(mark)) users += 1;
    if (hasNoPassword(mark)) withoutPassword += 1;
  }
  let memberships = 0;
  for (let membership = 0; membership < marks.membershipCount; membership += 1)
    if (!marks.memberships.has(membership)) memberships += 1;
  return { users, missing, withoutPassword, memberships, groups: state.groupProblems.length };
}

export const foundProblems = ({ users, withoutPassword, memberships, groups }: Problems): boolean =>
  users + withoutPassword + memberships + groups > 0;

/** What has to be looked at again after a repair: only what was wrong before it. */
export async function recheckScope(check: CheckRun): Promise<Partial<CheckState>> {
  const { missing } = problemsOf(check);
  const users = check.marks.users.reduce((sum, mark) => (hasProblem(mark) ? sum + 1 : sum), 0);
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
  for (let membership = 0; membership < marks.membershipCount; membership += 1)
    if (!marks.memberships.has(membership)) batches.add(marks.batchOf(membership));
  const groups = new Set<number>();
  for (const { index, key } of run.plan.batches) {
    if (!batches.has(index)) continue;
    for await (const op of readNdjson<UpdateOp>(run.deps.store, key)) {
      if (op.op !== 'add' || groups.has(op.group)) continue;
      const membership = marks.membershipOf(run.groups[op.group]?.name ?? '', op.name);
      if (membership !== undefined && !marks.memberships.has(membership)) groups.add(op.group);
    }
  }
  return [...groups].sort((left, right) => left - right);
}
