/** Counts of a restore that decide how to go on; those that version 2.0.0 did not count may be absent. */
export interface Unfinished {
  readonly usersExcluded?: number;
  readonly usersMissing?: number;
  readonly usersBlocked?: number;
  readonly usersHeldBack?: number;
  readonly usersDifferent?: number;
  readonly usersWithoutAttribute?: number;
  readonly usersWithoutPassword?: number;
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
  );

/** What the sealed export held and the table, by AcceptIncomplete, did not. */
export const notInTableOf = ({ usersNotInTable, groupsNotInTable, membershipsNotInTable }: Unfinished): number =>
  sum(usersNotInTable, groupsNotInTable, membershipsNotInTable);

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
