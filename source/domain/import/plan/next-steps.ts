import { counted } from '../../counted.ts';
/** Counts of a restore that decide how to go on; those that version 2.0.0 did not count may be absent. */
export interface Unfinished {
  readonly usersRestored?: number;
  readonly usersDeletedSince?: number;
  readonly usersExcluded?: number;
  readonly usersMissing?: number;
  readonly usersBlocked?: number;
  readonly usersHeldBack?: number;
  readonly usersDifferent?: number;
  readonly usersWithoutAttribute?: number;
  readonly usersWithoutPassword?: number;
  readonly usersNotLinked?: number;
  readonly federatedIncomplete?: number;
  readonly groupsMissingOrDifferent?: number;
  readonly membershipsMissing?: number;
  readonly usersNotInTable?: number;
  readonly groupsNotInTable?: number;
  readonly membershipsNotInTable?: number;
}

const sum = (...counts: readonly (number | undefined)[]): number =>
  counts.reduce<number>((all, n) => all + (n ?? 0), 0);

/** What the next start of the same restore tries once more. */
export const triedAgain = (counts: Unfinished): number =>
  sum(
    counts.usersMissing,
    counts.usersBlocked,
    counts.usersDifferent,
    counts.usersWithoutPassword,
    counts.groupsMissingOrDifferent,
    counts.membershipsMissing,
    counts.usersNotLinked,
    counts.federatedIncomplete,
  );

/** Up to so many, or this share, deleted accounts are what happens in a pool that is in use. */
const DELETED_AT_MOST = 10;
const DELETED_SHARE = 0.2;

/** So many of the accounts that a restore made are gone that it cannot be called complete. */
export function tooManyDeleted({ usersRestored, usersDifferent, usersDeletedSince: deleted = 0 }: Unfinished): boolean {
  const made = sum(usersRestored, usersDifferent, deleted);
  return deleted > DELETED_AT_MOST && deleted > made * DELETED_SHARE;
}

/** What the sealed export held and the table, by AcceptIncomplete, did not. */
export const notInTableOf = ({ usersNotInTable, groupsNotInTable, membershipsNotInTable }: Unfinished): number =>
  sum(usersNotInTable, groupsNotInTable, membershipsNotInTable);

/** How to bring back what somebody deleted since. */
export const recreateStep = ({ usersDeletedSince: deleted = 0 }: Unfinished): string[] =>
  deleted === 0
    ? []
    : [
        `${counted(deleted, 'account')} that this restore had made ${deleted === 1 ? 'was' : 'were'} deleted from the new pool since; only a start with "RecreateMissing": true makes ${deleted === 1 ? 'it' : 'them'} again.`,
      ];

/**
 * How to go on after a restore that ended incomplete, beside starting it again for what is tried again; one sentence each.
 * Nothing is promised that no start would do.
 */
export function furtherSteps(counts: Unfinished): string[] {
  const steps: string[] = [];
  if (sum(counts.usersHeldBack) > 0)
    steps.push(
      `${sum(counts.usersHeldBack)} of them are created only when the pool has no triggers that would see it, or with "AllowTriggers": true.`,
    );
  if (sum(counts.usersNotLinked, counts.federatedIncomplete) > 0)
    steps.push(
      'failures.csv names every link that is missing, and why: an identity provider that the new pool lacks has to be made there first, under its old name.',
    );
  steps.push(...recreateStep(counts));
  if (notInTableOf(counts) > 0)
    steps.push(
      'What the backup table lacked is no part of this restore: to bring it back, restore the export from the snapshot of its run ("ExportRun") into another empty pool.',
    );
  if (sum(counts.usersWithoutAttribute) > 0)
    steps.push('No further start sets the attributes that users were restored without: failures.csv names them.');
  if (sum(counts.usersExcluded) > 0)
    steps.push('No further start brings back users who are left out by rule: failures.csv names the rule of each.');
  return steps;
}
