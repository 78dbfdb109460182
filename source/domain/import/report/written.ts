import { isSeen } from '../../comparison/mark.ts';
import { isToBeDisabled } from '../plan/expected-place.ts';
import type { RestoreCounts } from '../plan/outcome.ts';
import type { UpdateCounts } from '../plan/updates-state.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { flagDiffers } from '../reconcile/verdict.ts';

/**
 * What the restore has written. An invocation that was cut off has not saved all that it counted, and of what the next one
 * finds done it writes nothing; or it did some of it twice. The pool was empty, so that the comparison tells: what is there
 * as planned was written. Values that a repair set show nowhere: of those the last seconds before a cut are missing.
 */
export function writtenInAll(check: CheckRun, counts: RestoreCounts): UpdateCounts {
  const { marks, run } = check;
  const counted = run.state.counts;
  const toDisable = marks.countUsers((_mark, ordinal) => isToBeDisabled(marks.expectedUser(ordinal)));
  const disabled = marks.countUsers(
    (mark, ordinal) => isSeen(mark) && isToBeDisabled(marks.expectedUser(ordinal)) && !flagDiffers(check, ordinal),
  );
  const created = marks.countUsers(
    (mark, ordinal) => isSeen(mark) && run.accounts.madeBy(marks.expectedUser(ordinal).sub) === 'create',
  );
  return {
    ...counted,
    groupsCreated: Math.max(
      counted.groupsCreated,
      counts.groups - counts.groupsMissingOrDifferent - (counts.groupsChangedSince ?? 0),
    ),
    usersCreated: Math.max(counted.usersCreated, created),
    // Plans of version 2.0.0 do not say who is to be disabled.
    disabled: run.plan.disabledMarked === true ? within(counted.disabled, disabled, toDisable) : counted.disabled,
    memberships: within(counted.memberships, counts.memberships - counts.membershipsMissing, counts.memberships),
  };
}

/** What was counted, but no less than what is there and no more than was planned. */
const within = (counted: number, there: number, planned: number): number => Math.min(planned, Math.max(counted, there));
