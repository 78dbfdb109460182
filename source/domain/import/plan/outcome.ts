import * as v from 'valibot';
import { counted, countedWords, number } from '../../counted.ts';
import { countShape, idShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { furtherSteps, notInTableOf, tooManyDeleted, triedAgain } from './next-steps.ts';
import { mfaChangeShape } from './mfa-hurdles.ts';
import { sourceShape } from './plan-model.ts';
import type { RestorePlan } from './plan-model.ts';

const restoreCountsShape = v.object({
  usersInBackup: countShape,
  /** In the new pool and, as far as the backup tells, the same. */
  usersRestored: countShape,
  /** Of the restored ones: somebody changed attributes or the flag in the new pool since. */
  usersChangedSince: v.exactOptional(countShape),
  /** Made by this restore, and deleted from the new pool since. */
  usersDeletedSince: v.exactOptional(countShape),
  /** Left out by a documented rule. */
  usersExcluded: countShape,
  /** In the sealed export, but not in the table that AcceptIncomplete took. */
  usersNotInTable: v.exactOptional(countShape),
  usersMissing: countShape,
  /** Not restored, since somebody else has the name or creating them could have sent a message. */
  usersBlocked: countShape,
  /** Of the blocked ones: the pool's triggers would have seen their creation. */
  usersHeldBack: v.exactOptional(countShape),
  usersDifferent: countShape,
  /** Restored without an attribute that the new pool would have refused, or that the backup holds in no readable form. */
  usersWithoutAttribute: v.exactOptional(countShape),
  /** The backup does not tell for certain by which of two addresses they sign in. */
  usersSignInUnknown: v.exactOptional(countShape),
  /** Created one by one, and still without a permanent password. */
  usersWithoutPassword: countShape,
  /** In the new pool as in the backup, without a verified address: "forgot password" is not for them. */
  usersWithoutVerifiedAddress: countShape,
  /** Likewise, with a verified address by which the pool does not recover (AccountRecoverySetting). */
  usersWithoutOfferedRecovery: v.exactOptional(countShape),
  /** In the new pool, which requires MFA: they must enrol an authenticator app at the first sign-in, or cannot sign in. */
  usersMustEnrolMfa: v.exactOptional(countShape),
  usersMfaLockedOut: v.exactOptional(countShape),
  /** Of the restored ones: created one by one instead of by an import job. */
  usersCreatedOneByOne: countShape,
  groups: countShape,
  groupsMissingOrDifferent: countShape,
  /** Changed in the new pool or deleted from it since. */
  groupsChangedSince: v.exactOptional(countShape),
  /** They had an IAM role, and no map gives them one. */
  groupsWithoutRole: v.exactOptional(countShape),
  /** Groups of the backup that Cognito makes itself for an identity provider: neither created nor filled. */
  groupsAutomatic: v.exactOptional(countShape),
  memberships: countShape,
  membershipsMissing: countShape,
  /** Made by this restore, and removed in the new pool since. */
  membershipsRemovedSince: v.exactOptional(countShape),
  groupsNotInTable: v.exactOptional(countShape),
  membershipsNotInTable: v.exactOptional(countShape),
  /** In the backup, but their user is not restored or not in the backup: never planned. */
  membershipsWithoutUser: countShape,
  /** Users with links to identity providers: all links are there again, or one is not. */
  usersLinked: v.exactOptional(countShape),
  usersNotLinked: v.exactOptional(countShape),
  /** Users of identity providers, those of them who were in groups, and those made before their first sign-in, whole or not. */
  federatedUsers: v.exactOptional(countShape),
  federatedWithGroups: v.exactOptional(countShape),
  federatedMade: v.exactOptional(countShape),
  federatedIncomplete: v.exactOptional(countShape),
  /** In the new pool, but not in the backup. */
  unknownUsers: countShape,
  unknownGroups: countShape,
  unknownMemberships: countShape,
  importJobs: countShape,
});
/** All numbers of the report and of the message; none names a user. */
export type RestoreCounts = Stored<typeof restoreCountsShape>;

export const restoreOutcomeShape = v.object({
  outcome: v.picklist(['complete', 'policy', 'partial']),
  /** The run that was restored, and where it was read from. */
  exportRun: idShape,
  source: sourceShape,
  /** Where the snapshot was read, when it was not this Region's own. */
  snapshotPrefix: v.exactOptional(v.string()),
  /** How the backup was read, where that was not as usual. */
  remarks: v.exactOptional(textsShape),
  /** When the restore was planned, before its first write; absent in what earlier versions stored. */
  plannedAt: v.exactOptional(v.string()),
  /** The pool accepted sign-ups when the restore was planned. */
  acceptsSignUps: v.exactOptional(v.boolean()),
  /** See RestorePlan. */
  mfa: v.exactOptional(mfaChangeShape),
  counts: restoreCountsShape,
  report: v.object({ bucket: v.string(), keys: textsShape }),
  /** One line: counts and where the report is. */
  summary: v.string(),
});
/**
 * complete: the pool holds all that the backup has, but for what its people changed since; policy: all but what the
 * operator chose to leave out (unconfirmed users); partial: something else is missing or different.
 */
export type RestoreOutcome = Stored<typeof restoreOutcomeShape>;

/** How a restore with these counts ended. */
export function outcomeOf(
  counts: RestoreCounts,
  plan: Pick<RestorePlan, 'incomplete'> & { readonly counts: Pick<RestorePlan['counts'], 'excludedBy'> },
): RestoreOutcome['outcome'] {
  // Unconfirmed users are left out by the operator's choice; whoever was left out because the pool cannot take them is lost.
  const lostByRule = counts.usersExcluded - (plan.counts.excludedBy.Unconfirmed ?? 0);
  const lost = lostByRule + notInTableOf(counts) + (counts.usersWithoutAttribute ?? 0);
  if (lost + triedAgain(counts) > 0 || tooManyDeleted(counts)) return 'partial';
  return counts.usersExcluded + counts.membershipsWithoutUser > 0 || plan.incomplete !== undefined
    ? 'policy'
    : 'complete';
}

/** For the execution's error and the subject's neighbourhood: no personal data. */
export function summaryOf(outcome: RestoreOutcome['outcome'], counts: RestoreCounts, folder: string): string {
  const parts = [
    `${number(counts.usersRestored)} of ${counted(counts.usersInBackup, 'user')} restored`,
    ...some(counts.usersChangedSince, 'changed since'),
    ...some(counts.usersDeletedSince, 'deleted since'),
    ...some(counts.usersNotInTable, 'users of the sealed export were not in the backup table'),
    ...some(counts.usersExcluded, 'left out by rule'),
    ...some(counts.usersMissing + counts.usersBlocked, 'not restored'),
    ...some(counts.usersDifferent, 'different'),
    ...some(counts.usersWithoutAttribute, 'without an attribute'),
    ...some(counts.usersWithoutPassword, 'without a password'),
    ...some(counts.usersWithoutVerifiedAddress, 'without a verified address'),
    ...some(counts.usersWithoutOfferedRecovery, 'who cannot use "forgot password" as the pool offers it'),
    ...some(counts.usersMustEnrolMfa, 'who must enrol an authenticator app'),
    ...some(counts.usersMfaLockedOut, 'who cannot sign in, since the pool requires MFA'),
    ...some(counts.usersSignInUnknown, 'who may have signed in by another address'),
    ...some(counts.usersNotLinked, 'not linked to an identity provider again'),
    ...some(counts.federatedIncomplete, 'users of identity providers made in part or not at all'),
    ...some(counts.groupsNotInTable, 'groups of the sealed export were not in the backup table'),
    ...some(counts.groupsMissingOrDifferent, `of ${counted(counts.groups, 'group')} missing or different`),
    ...some(counts.groupsChangedSince, 'groups changed since'),
    ...some(counts.membershipsRemovedSince, 'memberships removed since'),
    ...some(counts.groupsWithoutRole, 'groups without their IAM role'),
    ...some(counts.membershipsNotInTable, 'memberships of the sealed export were not in the backup table'),
    ...some(counts.membershipsMissing, `of ${counted(counts.memberships, 'membership')} missing`),
    ...some(counts.membershipsWithoutUser, 'memberships without a restored user'),
  ];
  const again =
    triedAgain(counts) > 0
      ? ['Start ImportWorkflow again with the same NewUserPoolId to try the reported ones again.']
      : [];
  const advice = outcome === 'partial' ? [...again, ...furtherSteps(counts)] : [];
  return [`${parts.join(', ')}. The report is in ${folder}.`, ...advice].join(' ');
}

const some = (count: number | undefined, words: string): string[] =>
  count === undefined || count === 0 ? [] : [countedWords(count, words)];
