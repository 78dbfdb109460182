import { furtherSteps, recreateStep, tooManyDeleted, triedAgain } from '../../import/plan/next-steps.ts';
import type { Unfinished } from '../../import/plan/next-steps.ts';
import { RECOVERY_STEP } from '../../import/csv/recovery.ts';
import { MFA_IS_OFF } from '../../import/preflight/required-mfa.ts';
import { SIGN_UPS_OPEN } from '../../import/preflight/sign-ups.ts';
import type { RestoreOutcome } from '../../import/plan/outcome.ts';
import {
  AUTOMATIC_GROUPS,
  dryRunFindings,
  MFA_LOCKED_OUT,
  mfaOffOf,
  MUST_ENROL,
  SIGN_IN_UNKNOWN_USERS,
} from './dry-run.ts';
import type { NoticeEvent } from './events.ts';
import { isAboutSelection, selectionNotice } from './finished-selection.ts';
import { counted, countedAs, countedWords, number } from '../../counted.ts';
import { bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

type Finished = Extract<NoticeEvent, { event: 'finished' }>;
interface Around {
  readonly now: number;
  readonly about: string;
  readonly firstTime: string | undefined;
  /** The Region's mapping-file bucket. */
  readonly bucket: string;
}

/** Counts of a restore with their words, in the order in which they are shown; zero is shown for the first three only. */
const LINES: readonly (readonly [count: string, words: string])[] = [
  ['usersRestored', 'users restored'],
  ['groups', 'groups in the backup'],
  ['membershipsRestored', 'memberships restored'],
  ['usersCreatedOneByOne', 'of the users created one by one instead of by an import job'],
  ['usersChangedSince', 'of the users changed in the new pool since, and kept so'],
  ['usersDeletedSince', 'users made by this restore and deleted from the new pool since'],
  ['usersNotInTable', 'users of the sealed export were not in the backup table'],
  ['usersExcluded', 'users left out by a documented rule'],
  ['usersMissing', 'users missing'],
  ['usersBlocked', 'users not created: their name is taken, or creating them could have sent a message'],
  ['usersDifferent', 'users that differ from the backup'],
  ['usersWithoutAttribute', 'users restored without an attribute that the pool would refuse, or that another user has'],
  ['usersWithoutPassword', 'users whose password could not be set'],
  ['usersWithoutVerifiedAddress', 'users who cannot use "forgot password": none of their addresses is verified'],
  [
    'usersWithoutOfferedRecovery',
    'users who cannot use "forgot password": the new pool does not recover by an address of theirs that is verified',
  ],
  ['usersMustEnrolMfa', `users ${MUST_ENROL}`],
  ['usersMfaLockedOut', `users ${MFA_LOCKED_OUT}`],
  ['usersSignInUnknown', `users ${SIGN_IN_UNKNOWN_USERS}`],
  ['usersLinked', 'users linked to their accounts at identity providers again'],
  ['usersNotLinked', 'users who lack a link to an identity provider; failures.csv says which'],
  ['federatedUsers', 'users of identity providers in the backup; federated.csv lists them'],
  ['federatedWithGroups', 'of the users of identity providers were in groups'],
  ['federatedMade', 'of the users of identity providers made before their first sign-in, with groups and links'],
  ['federatedIncomplete', 'of the users of identity providers made in part or not at all'],
  ['groupsMissingOrDifferent', 'groups missing or different'],
  ['groupsChangedSince', 'groups changed or deleted in the new pool since'],
  ['groupsWithoutRole', 'groups that had an IAM role and have none: no map names one'],
  ['groupsAutomatic', `groups ${AUTOMATIC_GROUPS}: neither created nor filled`],
  ['membershipsMissing', 'memberships missing'],
  ['membershipsRemovedSince', 'memberships made by this restore and removed in the new pool since'],
  ['groupsNotInTable', 'groups of the sealed export were not in the backup table'],
  ['membershipsNotInTable', 'memberships of the sealed export were not in the backup table'],
  ['membershipsWithoutUser', 'memberships whose user is not restored'],
  ['unknownUsers', 'users in the pool that are not in the backup'],
  ['unknownGroups', 'groups in the pool that are not in the backup'],
  ['unknownMemberships', 'memberships in the pool that are not in the backup'],
];
const ALWAYS = 3;

type Restored = Partial<
  Pick<
    RestoreOutcome,
    | 'outcome'
    | 'exportRun'
    | 'source'
    | 'snapshotPrefix'
    | 'remarks'
    | 'plannedAt'
    | 'acceptsSignUps'
    | 'mfa'
    | 'report'
  >
>;

/** Which run was read, and from where. */
const runOf = ({ exportRun = '?', source, snapshotPrefix }: Restored): string =>
  snapshotPrefix !== undefined
    ? `It read the export ${exportRun} from its snapshot in ${snapshotPrefix}.`
    : source === 'snapshot'
      ? `It read the export ${exportRun} from the snapshot that this Region keeps of it.`
      : `It read the backup table, whose last complete export is ${exportRun}.`;

/** How the backup was read, where that was not as usual. */
const remarksOf = ({ remarks = [] }: Restored): string | undefined =>
  remarks.length === 0 ? undefined : `Note\n${remarks.map((remark) => `  ${remark}`).join('\n')}`;

/** Whoever may sign up while the pool is being filled may take a name of the backup. */
const signUpsOf = ({ acceptsSignUps }: Restored): string | undefined =>
  acceptsSignUps === true ? `Note\n  ${SIGN_UPS_OPEN}` : undefined;

/** Whoever had a second factor signs in without one. */
function mfaNoteOf(restored: Restored): string | undefined {
  const text = mfaOffOf(restored);
  return text === undefined ? undefined : `Note\n  ${text}`;
}

/** The message about a restore that came to its end, whether or not everything came back; or about a dry run. */
export function importNotice(event: Finished, around: Around): Notice {
  if (isAboutSelection(event)) return selectionNotice(event, around);
  return event.result.dryRun === true ? dryRunNotice(event, around) : restoreNotice(event, around);
}

function restoreNotice({ executionArn, startedAt, result }: Finished, { now, about, firstTime }: Around): Notice {
  const {
    outcome = 'partial',
    counts = {},
    report,
    ...restored
  } = result as Restored & { readonly counts?: Readonly<Record<string, unknown>> };
  const withRestored = { ...counts, membershipsRestored: membershipsRestored(counts) };
  const of = (name: string): number => {
    const count: unknown = (withRestored as Readonly<Record<string, unknown>>)[name];
    return typeof count === 'number' ? count : 0;
  };
  const mfaOff = mfaNoteOf(restored);
  const buts = [...butOf(of), ...(mfaOff === undefined ? [] : [MFA_IS_OFF])];
  const lostRoles = of('groupsWithoutRole');
  const lines = LINES.filter(([name], index) => index < ALWAYS || of(name) > 0).map(
    ([name, words]) => `  ${countedWords(of(name), words)}`,
  );
  return {
    subject: subjectOf(subjects(outcome, of, { buts, tooMany: tooManyDeleted(counts) })),
    body: bodyOf([
      `ImportWorkflow came to its end ${after(restored, { startedAt, now })}. ${runOf(restored)} This backup holds ${counted(of('usersInBackup'), 'user')}.`,
      remarksOf(restored),
      signUpsOf(restored),
      mfaOff,
      lines.join('\n'),
      report === undefined
        ? undefined
        : `Report: every user who was not restored, and why; old and new subs\n${report.keys.map((key) => `  s3://${report.bucket}/${key}`).join('\n')}`,
      `What to do next\n  ${next(outcome, counts, of)}${nextLockedOut(of)}${lostRoles > 0 ? NEXT_ROLES : ''}`,
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    // What waits for somebody to act is no success that may go untold, nor is how the backup was read.
    important: outcome !== 'complete' || buts.length > 0 || remarksOf(restored) !== undefined,
  };
}

/** Of what was planned, what is there; what somebody removed since is told apart. */
function membershipsRestored(counts: Readonly<Record<string, unknown>>): number {
  const of = (name: string): number => (typeof counts[name] === 'number' ? counts[name] : 0);
  return Math.max(0, of('memberships') - of('membershipsMissing') - of('membershipsRemovedSince'));
}

/** A restore that was continued took longer than its last execution. */
function after(
  { plannedAt }: Restored,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): string {
  const began = plannedAt === undefined ? startedAt : Date.parse(plannedAt);
  return began < startedAt
    ? `${duration(now - began)} after it was planned; this execution, which continued it, took ${duration(now - startedAt)}`
    : `after ${duration(now - startedAt)}`;
}

type Of = (count: string) => number;

/** What a restore is complete without. */
const butOf = (of: Of): string[] => [
  ...(lockedOut(of) > 0 ? [`${counted(lockedOut(of), 'user')} cannot use "forgot password"`] : []),
  ...(of('usersMfaLockedOut') > 0 ? [`${counted(of('usersMfaLockedOut'), 'user')} cannot sign in (MFA)`] : []),
  ...(of('usersSignInUnknown') > 0
    ? [`${counted(of('usersSignInUnknown'), 'user')} may have signed in by another address`]
    : []),
  ...(of('usersDeletedSince') > 0 ? [deleted(of)] : []),
  ...(of('groupsWithoutRole') > 0 ? [lostRolesOf(of('groupsWithoutRole'))] : []),
  ...(of('federatedMade') === 0 && of('federatedWithGroups') > 0
    ? [`${counted(of('federatedWithGroups'), 'user')} of identity providers lost their groups`]
    : []),
];

const lockedOut = (of: Of): number => of('usersWithoutVerifiedAddress') + of('usersWithoutOfferedRecovery');

const lostRolesOf = (groups: number): string =>
  `${countedAs(groups, 'group', ['has lost its IAM role', 'have lost their IAM roles'])}`;

const deleted = (of: Of): string =>
  `${counted(of('usersDeletedSince'), 'user')} ${of('usersDeletedSince') === 1 ? 'was' : 'were'} deleted since`;

function subjects(
  outcome: RestoreOutcome['outcome'],
  of: Of,
  { buts, tooMany }: { readonly buts: readonly string[]; readonly tooMany: boolean },
): string {
  const inBackup = counted(of('usersInBackup'), 'user');
  const notRestored = of('usersInBackup') - of('usersRestored') - of('usersDeletedSince');
  const missing = [
    ...(notRestored > 0 ? [`${number(notRestored)} of ${inBackup} not restored`] : []),
    ...(of('usersDeletedSince') > 0 ? [deleted(of)] : []),
  ].join(', ');
  const roles = of('groupsWithoutRole') > 0 ? `, ${lostRolesOf(of('groupsWithoutRole'))}` : '';
  if (outcome === 'partial')
    return notRestored > 0 || tooMany
      ? `Restore INCOMPLETE: ${missing}${roles}`
      : `Restore INCOMPLETE: something is missing or different${roles}`;
  if (outcome === 'policy')
    return `${missing === '' ? 'Restore finished, with exceptions (by rule)' : `Restore finished, ${missing} (by rule)`}${roles}`;
  if (buts.length > 0) return `Restore complete, BUT ${buts.join(', ')}`;
  const changed = of('usersChangedSince');
  return `Restore complete: ${inBackup}${changed > 0 ? `, ${number(changed)} changed since` : ''}`;
}

const NEXT: Readonly<Record<RestoreOutcome['outcome'], string>> = {
  complete: 'Applications that store the sub need sub-map.csv. Protect the new pool with a launch of its own.',
  policy:
    'Read failures.csv: it names everybody who was left out, and the rule. Applications that store the sub need sub-map.csv.',
  partial:
    'Read failures.csv, remove the causes that it names, and start ImportWorkflow again with the same input: it tries the reported users again and leaves the restored ones alone.',
};
const ALL_RECOVER = 'Users keep no passwords: each sets a new one by "forgot password".';
const NOT_ALL_RECOVER = 'Users keep no passwords, and not everybody can set a new one by "forgot password".';
const NOT_AGAIN = 'Read failures.csv. A further start of this restore finds nothing to try again.';

const next = (outcome: RestoreOutcome['outcome'], counts: Unfinished, of: Of): string =>
  [
    ...(outcome === 'partial' ? [] : [lockedOut(of) > 0 ? NOT_ALL_RECOVER : ALL_RECOVER]),
    outcome === 'partial' && triedAgain(counts) === 0 ? NOT_AGAIN : NEXT[outcome],
    ...(outcome === 'partial' ? furtherSteps(counts) : recreateStep(counts)),
  ].join(' ');

const nextLockedOut = (of: Of): string =>
  `${of('usersWithoutVerifiedAddress') > 0 ? NEXT_UNVERIFIED : ''}${of('usersWithoutOfferedRecovery') > 0 ? NEXT_NOT_OFFERED : ''}`;

/** "Forgot password" sends its code to verified addresses only. */
const NEXT_UNVERIFIED =
  ' Users without a verified address cannot use "forgot password": set a permanent password for each, or verify an address of theirs; failures.csv names them.';

/** And to those only by which the pool recovers. */
const NEXT_NOT_OFFERED = ` For users by whose verified address the pool does not recover: ${RECOVERY_STEP}; failures.csv names them.`;

const NEXT_ROLES =
  ' Groups have no IAM role before you set it (UpdateGroup): report.json lists group and role below rolesNotSet.';

function dryRunNotice(
  { executionArn, startedAt, result }: Finished,
  { now, about, firstTime, bucket }: Around,
): Notice {
  const { backup, reportKeys } = result;
  const { users, groups, memberships } = (backup ?? {}) as Readonly<Record<string, unknown>>;
  const { subject, lines, important } = dryRunFindings(result);
  return {
    subject: subjectOf(subject),
    body: bodyOf([
      `ImportWorkflow checked the backup against the new pool in ${duration(now - startedAt)} and wrote nothing to the pool.`,
      `${runOf(result)} This backup holds ${counted(users, 'user')}, ${counted(groups, 'group')} and ${counted(memberships, 'membership')}.`,
      remarksOf(result),
      signUpsOf(result),
      lines,
      Array.isArray(reportKeys)
        ? `Report\n${(reportKeys as unknown[]).map((key) => `  s3://${bucket}/${String(key)}`).join('\n')}`
        : undefined,
      'What to do next\n  Read the report, then start ImportWorkflow with the same input without DryRun.',
      firstTime,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: important || signUpsOf(result) !== undefined,
  };
}
