import { isSeen, Mark } from '../../comparison/mark.ts';
import { losesItsRole } from '../plan/group-roles.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { changedSinceOf, problemsOf } from '../reconcile/recheck.ts';
import type { UserNotes } from '../reconcile/notes.ts';
import type { RestoreCounts } from '../plan/outcome.ts';
import { isNotOffered } from '../reconcile/plan-marks.ts';
import { notInTable, sealedCounts } from '../plan/plan-model.ts';

/** Counts what the comparison found; the marks are the truth, records only add how a user came back. */
export function restoreCounts(check: CheckRun, jobs: JobsState, notes: ReadonlyMap<number, UserNotes>): RestoreCounts {
  const { marks, run, state } = check;
  const problems = problemsOf(check);
  const changes = changedSinceOf(check);
  const blocked = marks.countUsers((mark) => mark === Mark.foreign);
  const present = [...notes].filter(([ordinal]) => isSeen(marks.users[ordinal] as number)).map(([, note]) => note);
  return {
    usersInBackup: sealedCounts(run.plan).users,
    usersNotInTable: notInTable(run.plan).users,
    usersRestored: marks.userCount - problems.users - blocked - changes.gone,
    usersChangedSince: changes.users,
    usersDeletedSince: changes.gone,
    usersExcluded: run.plan.counts.excluded,
    usersMissing: problems.missing,
    usersBlocked: blocked,
    usersHeldBack: run.heldBack.size,
    usersDifferent: problems.users - problems.missing,
    usersWithoutAttribute: run.plan.counts.withLosses ?? 0,
    usersSignInUnknown: run.plan.counts.signInUnknown ?? 0,
    usersWithoutPassword: problems.withoutPassword,
    usersWithoutVerifiedAddress: marks.countUsers((mark) => (mark & Mark.unverified) !== 0),
    usersWithoutOfferedRecovery: marks.countUsers(isNotOffered),
    usersCreatedOneByOne: present.filter(({ created }) => created !== undefined).length,
    groups: run.groups.length,
    groupsMissingOrDifferent: problems.groups,
    groupsChangedSince: changes.groups,
    groupsWithoutRole: run.groups.filter(losesItsRole).length,
    groupsAutomatic: run.plan.counts.automaticGroups ?? 0,
    memberships: marks.membershipCount,
    membershipsMissing: problems.memberships,
    membershipsRemovedSince: changes.memberships,
    groupsNotInTable: notInTable(run.plan).groups,
    membershipsNotInTable: notInTable(run.plan).memberships,
    membershipsWithoutUser: run.plan.counts.membershipsWithoutUser,
    unknownUsers: state.unknownUsers,
    unknownGroups: state.unknownGroups,
    unknownMemberships: state.unknownMemberships,
    importJobs: jobs.finished.reduce((sum, chunk) => sum + chunk.jobs.length, 0),
  };
}
