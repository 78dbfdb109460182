import { isMissing, isSeen, Mark } from '../../comparison/mark.ts';
import { isToBeDisabled } from '../plan/expected-place.ts';
import { Since } from './changed-since.ts';
import type { CheckRun } from './check-run.ts';
import { hasNoPassword } from './plan-marks.ts';

const markOf = ({ marks }: CheckRun, ordinal: number): number => marks.users[ordinal] as number;

/** Somebody deleted the account that this restore had made. */
export const isGone = (check: CheckRun, ordinal: number): boolean =>
  isMissing(markOf(check, ordinal)) && check.since.has(ordinal, Since.account);

/**
 * Attributes differ, and the user was modified after the last write of ours that can have moved the date. Of a date near
 * such a write the pool itself tells: whether the dates of most users were moved by ours.
 */
export function attributesChanged(check: CheckRun, ordinal: number): boolean {
  const { since, state } = check;
  if ((markOf(check, ordinal) & Mark.attributesDiffer) === 0) return false;
  if (since.has(ordinal, Since.later | Since.attributes)) return true;
  if (since.has(ordinal, Since.rewritten)) return false;
  const disabled = since.has(ordinal, Since.disabled);
  if (since.has(ordinal, Since.between) && !disabled) return true;
  const dates = disabled ? state.dates?.disabled : state.dates?.enabled;
  return since.has(ordinal, Since.between | Since.near) && (dates === undefined || dates.moved <= dates.still);
}

/** The flag is another one than planned, whoever it is due to. */
export function flagDiffers(check: CheckRun, ordinal: number): boolean {
  const mark = markOf(check, ordinal);
  if ((mark & Mark.enabledDiffers) !== 0) return true;
  // Beside other attributes the digest does not tell. Plans of version 2.0.0 do not say who is to be disabled either.
  if ((mark & Mark.attributesDiffer) === 0 || check.run.plan.disabledMarked !== true) return false;
  return isToBeDisabled(check.marks.expectedUser(ordinal)) !== check.since.has(ordinal, Since.disabled);
}

/** Somebody enabled or disabled the user. */
export const flagChanged = (check: CheckRun, ordinal: number): boolean =>
  flagDiffers(check, ordinal) && check.since.has(ordinal, Since.flag);

/** The user is there, with a flag or attributes that somebody changed since. */
export const isChanged = (check: CheckRun, ordinal: number): boolean =>
  isSeen(markOf(check, ordinal)) && (attributesChanged(check, ordinal) || flagChanged(check, ordinal));

/** Missing, and not because somebody deleted the account. */
export const isLost = (check: CheckRun, ordinal: number): boolean =>
  isMissing(markOf(check, ordinal)) && !isGone(check, ordinal);

/** Attributes differ that nobody else changed. */
export const attributesWrong = (check: CheckRun, ordinal: number): boolean =>
  (markOf(check, ordinal) & Mark.attributesDiffer) !== 0 && !attributesChanged(check, ordinal);

/** The flag differs and nobody else changed it. */
export const flagWrong = (check: CheckRun, ordinal: number): boolean =>
  flagDiffers(check, ordinal) && !flagChanged(check, ordinal);

/** The user is there, with something that the restore has not brought back as planned. */
export const isWrong = (check: CheckRun, ordinal: number): boolean =>
  isSeen(markOf(check, ordinal)) && (attributesWrong(check, ordinal) || flagWrong(check, ordinal));

/** Whether a repair has something to do for the user. */
export const needsRepair = (check: CheckRun, ordinal: number): boolean =>
  isLost(check, ordinal) || isWrong(check, ordinal) || hasNoPassword(markOf(check, ordinal));

/** The membership is missing, and not because somebody removed it. */
export const isMembershipLost = ({ marks, since }: CheckRun, membership: number): boolean =>
  !marks.memberships.has(membership) && !since.memberships.has(membership);
