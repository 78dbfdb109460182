import { isSeen, Mark } from '../../comparison/mark.ts';
import { placeOf } from '../plan/expected-place.ts';
import { failureLine, FAILURES_HEADER } from '../plan/csv-rows.ts';
import type { FailureRow } from '../plan/csv-rows.ts';
import { excludedRows } from '../plan/excluded-rows.ts';
import { hurdlesIn } from '../plan/mfa-hurdles.ts';
import { notInTable, sealedCounts } from '../plan/plan-model.ts';
import type { PlannedGroup } from '../plan/plan-model.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { changedSinceOf, problemsOf } from '../reconcile/recheck.ts';
import { flagChanged, isChanged, isGone, isLost, isMembershipLost, isWrong } from '../reconcile/verdict.ts';
import { reportedItems } from '../reconcile/walk.ts';
import { CHANGED_SINCE } from './problem-rows.ts';

/** How far a restore that has begun has come, and what a start would do; counts only. */
export interface Standing {
  readonly usersInBackup: number;
  /** In the new pool as planned, or as somebody changed them since. */
  readonly usersThere: number;
  readonly usersByCsv: number;
  readonly usersOneByOne: number;
  /** In the new pool, and put right. */
  readonly usersDifferent: number;
  readonly usersWithoutPassword: number;
  /** In the new pool, and unable to use "forgot password". */
  readonly usersWithoutRecovery: number;
  /** Of all who are planned: where the new pool requires MFA, they must enrol a second factor, or cannot sign in. */
  readonly usersMustEnrolMfa: number;
  readonly usersMfaLockedOut: number;
  /** Of all who are planned: nobody knows for certain by which of two addresses they sign in. */
  readonly usersSignInUnknown: number;
  readonly usersHeldBack: number;
  /** Somebody else has their name. */
  readonly usersBlocked: number;
  readonly usersExcluded: number;
  readonly usersNotInTable: number;
  readonly usersChangedSince: number;
  readonly usersDeletedSince: number;
  readonly groupsMissingOrDifferent: number;
  readonly groupsChangedSince: number;
  readonly membershipsMissing: number;
  readonly membershipsRemovedSince: number;
}

/** What the comparison showed, as counts. */
export function standingOf(check: CheckRun): Standing {
  const { marks, run } = check;
  const problems = problemsOf(check);
  const changes = changedSinceOf(check);
  const byCsv = marks.countUsers((_mark, ordinal) => isLost(check, ordinal) && isToCome(check, ordinal));
  const foreign = marks.countUsers((mark) => mark === Mark.foreign);
  const oneByOne = problems.missing - byCsv;
  const { mfa } = run.plan.counts;
  return {
    usersInBackup: sealedCounts(run.plan).users,
    usersThere: marks.userCount - problems.users - foreign - changes.gone,
    usersByCsv: byCsv,
    usersOneByOne: run.plan.mayCreateUsers ? oneByOne : 0,
    usersDifferent: problems.users - problems.missing,
    usersWithoutPassword: problems.withoutPassword,
    usersWithoutRecovery: marks.countUsers((mark) => (mark & (Mark.unverified | Mark.notOffered)) !== 0),
    usersMustEnrolMfa: hurdlesIn(mfa?.mustEnrol),
    usersMfaLockedOut: hurdlesIn(mfa?.cannotSignIn),
    usersSignInUnknown: run.plan.counts.signInUnknown ?? 0,
    usersHeldBack: (run.plan.mayCreateUsers ? 0 : oneByOne) + run.heldBack.size,
    usersBlocked: foreign - run.heldBack.size,
    usersExcluded: run.plan.counts.excluded,
    usersNotInTable: notInTable(run.plan).users,
    usersChangedSince: changes.users,
    usersDeletedSince: changes.gone,
    groupsMissingOrDifferent: problems.groups,
    groupsChangedSince: changes.groups,
    membershipsMissing: problems.memberships,
    membershipsRemovedSince: changes.memberships,
  };
}

/** The user's import job is still to come, or running. */
function isToCome({ marks, run }: CheckRun, ordinal: number): boolean {
  const { chunk } = placeOf(marks.expectedUser(ordinal));
  return chunk !== null && !run.jobs.finished.some((result) => result.chunk === chunk);
}

/** Lines of a failures.csv that tells what a start would do about each user and membership that is not as planned. */
export async function* standingLines(check: CheckRun): AsyncGenerator<string, void, undefined> {
  const { marks, run, since } = check;
  yield FAILURES_HEADER;
  for await (const row of excludedRows(run.deps.objects, run.plan, { instead: 'would not be restored', changed: '' }))
    yield failureLine(row);
  for await (const { item, ordinal, sub, name } of reportedItems(check)) {
    if ('user' in item) {
      const told = userStanding(check, ordinal);
      if (told !== undefined)
        yield line({ restored: isSeen(marks.users[ordinal] as number) ? 'yes' : 'no', sub, name, ...told });
      continue;
    }
    const group = (run.groups[item.add.group] as PlannedGroup).name;
    const membership = marks.membershipOf(group, name);
    if (membership === undefined || marks.memberships.has(membership)) continue;
    const lost = isMembershipLost(check, membership) && marks.users[ordinal] !== Mark.foreign;
    yield line({
      restored: isSeen(marks.users[ordinal] as number) ? 'yes' : 'no',
      sub,
      name,
      reason: since.memberships.has(membership) ? CHANGED_SINCE : 'MembershipMissing',
      instead: lost ? 'would be made' : 'would not be made',
      changed: `not a member of the group ${group}`,
    });
  }
}

function userStanding(
  check: CheckRun,
  ordinal: number,
): Pick<FailureRow, 'reason' | 'instead' | 'changed'> | undefined {
  const mark = check.marks.users[ordinal] as number;
  if (mark === Mark.foreign)
    return { reason: 'NameCollision', instead: 'would not be restored', changed: 'somebody else has the sign-in name' };
  if (isGone(check, ordinal))
    return { reason: CHANGED_SINCE, instead: 'would not be made again', changed: 'deleted from the new pool since' };
  if (isLost(check, ordinal)) {
    if (isToCome(check, ordinal)) return undefined;
    const instead = check.run.plan.mayCreateUsers ? 'would be created one by one' : 'would be held back: triggers';
    return { reason: 'Missing', instead, changed: 'not in the new pool' };
  }
  if (isWrong(check, ordinal)) return { reason: 'Different', instead: 'would be updated', changed: 'different' };
  if (!isSeen(mark) || !isChanged(check, ordinal)) return undefined;
  const changed = flagChanged(check, ordinal) ? 'enabled or disabled in the new pool' : 'changed in the new pool';
  return { reason: CHANGED_SINCE, instead: 'would be kept', changed };
}

const line = (
  row: Pick<FailureRow, 'restored' | 'sub' | 'name' | 'reason' | 'instead'> & Partial<FailureRow>,
): string => failureLine({ line: '', changed: '', ...row });
