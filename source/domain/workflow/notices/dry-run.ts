import { RECOVERY_STEP } from '../../import/csv/recovery.ts';
import type { MfaChange } from '../../import/plan/mfa-hurdles.ts';
import { MFA_IS_OFF, mfaOffText } from '../../import/preflight/required-mfa.ts';
import type { IdentitiesFound } from '../../import/scan-table-result.ts';
import type { Standing } from '../../import/report/standing.ts';
import { counted, countedAll, countedWords, number } from '../../counted.ts';

const HELD_BACK = 'users would not be created: the pool has triggers that would see it, and AllowTriggers is not given';

/** What users meet in a pool that requires MFA. */
export const MUST_ENROL = 'who must enrol an authenticator app at their first sign-in; mfa.csv names them';
export const MFA_LOCKED_OUT = 'who cannot sign in: the pool requires MFA and offers them no factor; mfa.csv names them';

/** Of whom no export could tell it. */
export const SIGN_IN_UNKNOWN_USERS =
  'of whom the backup does not tell for certain by which of two addresses they sign in; failures.csv names them and the one that is taken';

/** Which groups no restore makes. */
export const AUTOMATIC_GROUPS = 'of the backup that Cognito makes itself for the users of identity providers';

/** Counts of a restore that has begun with their words, in the order in which they are shown; zero is shown of the first only. */
const LINES: readonly (readonly [count: keyof Standing, words: string])[] = [
  ['usersThere', 'users are in the new pool as planned'],
  ['usersByCsv', 'users would come by import jobs'],
  ['usersOneByOne', 'users would be created one by one'],
  ['usersDifferent', 'users differ and would be put right'],
  ['usersWithoutPassword', 'users would get their permanent password'],
  ['usersWithoutRecovery', 'of the users there cannot use "forgot password"'],
  ['usersMustEnrolMfa', `users ${MUST_ENROL}`],
  ['usersMfaLockedOut', `users ${MFA_LOCKED_OUT}`],
  ['usersSignInUnknown', `users ${SIGN_IN_UNKNOWN_USERS}`],
  ['membershipsMissing', 'memberships would be made'],
  ['groupsMissingOrDifferent', 'groups would be made or put right'],
  ['usersChangedSince', 'of the users were changed in the new pool since and would be kept so'],
  ['usersDeletedSince', 'users were deleted from the new pool since; only "RecreateMissing": true makes them again'],
  ['membershipsRemovedSince', 'memberships were removed in the new pool since and would stay so'],
  ['groupsChangedSince', 'groups were changed or deleted in the new pool since and would stay so'],
  ['usersHeldBack', HELD_BACK],
  ['usersBlocked', 'users would not be restored: somebody else has their name'],
  ['usersExcluded', 'users would be left out by a documented rule'],
  ['usersNotInTable', 'users of the sealed export were not in the backup table'],
];

type Fields = Readonly<Record<string, unknown>>;

/** What a dry run says: subject, and lines of counts. */
interface Findings {
  readonly subject: string;
  readonly lines: string;
  /** Somebody would not be restored. */
  readonly important: boolean;
}

/** Of a restore that would begin, or of one that has begun. */
export const dryRunFindings = (result: Fields): Findings =>
  result.standing === undefined ? wouldBegin(result) : wouldGoOn(result.standing as Standing);

function wouldBegin(result: Fields): Findings {
  const { backup, notInTable, byCsv, oneByOne, heldBack, excluded, chunks } = result;
  const inBackup = (backup as Fields | undefined)?.users;
  const users = counted(inBackup, 'user');
  const held = countOf(heldBack);
  const absent = countOf((notInTable as Fields | undefined)?.users);
  const withLosses = countOf(result.withLosses);
  const lostRoles = countOf(result.groupsWithoutRole);
  const automatic = countOf(result.automaticGroups);
  const lockedOut = countOf(result.withoutRecovery);
  const mustEnrol = countOf(result.mustEnrolMfa);
  const mfaLockedOut = countOf(result.mfaLockedOut);
  const unknown = countOf(result.signInUnknown);
  const unlinkable = countOf((result.identities as Fields | undefined)?.linksWithoutProvider);
  const mfaOff = mfaOffOf(result);
  const left = countOf(excluded) + held + absent;
  const lines = [
    `${counted(byCsv, 'user')} would come back by ${counted(chunks, 'import job')}`,
    `${counted(countOf(oneByOne) - held, 'user')} would be created one by one`,
    `${counted(excluded, 'user')} would be left out by a documented rule`,
    ...(held > 0 ? [countedWords(held, HELD_BACK)] : []),
    ...(withLosses > 0
      ? [`${counted(withLosses, 'user')} would come back without an attribute, which failures.csv names`]
      : []),
    ...(lockedOut > 0
      ? [`${counted(lockedOut, 'user')} could not use "forgot password" afterwards: ${RECOVERY_STEP}`]
      : []),
    ...(mustEnrol > 0 ? [countedWords(mustEnrol, `users ${MUST_ENROL}`)] : []),
    ...(mfaLockedOut > 0 ? [countedWords(mfaLockedOut, `users ${MFA_LOCKED_OUT}`)] : []),
    ...(unknown > 0 ? [countedWords(unknown, `users ${SIGN_IN_UNKNOWN_USERS}`), signInStep(unknown)] : []),
    ...(lostRoles > 0 ? [`${counted(lostRoles, 'group')} would come back without their IAM role`] : []),
    ...identityLines(result.identities),
    ...(automatic > 0
      ? [`${counted(automatic, 'group')} ${AUTOMATIC_GROUPS} would be neither created nor filled`]
      : []),
    ...(absent > 0 ? [countedWords(absent, 'users of the sealed export are not in the backup table')] : []),
    ...(mfaOff === undefined ? [] : [mfaOff]),
  ];
  return {
    subject:
      left === 0
        ? `Dry run: ${countedAll(inBackup, 'user')} can be restored${withLosses > 0 ? `, ${number(withLosses)} without an attribute` : ''}${butOf(lockedOut)}${mfaLockedOut > 0 ? `, ${number(mfaLockedOut)} could not sign in` : ''}${unknown > 0 ? `, ${number(unknown)} perhaps by another address` : ''}${mfaOff === undefined ? '' : `, but ${MFA_IS_OFF}`}`
        : `Dry run: ${number(left)} of ${users} would not be restored`,
    lines: lines.map((line) => `  ${line}`).join('\n'),
    important: left + withLosses + lockedOut + mfaLockedOut + unlinkable + unknown > 0 || mfaOff !== undefined,
  };
}

function identityLines(identities: unknown): string[] {
  if (identities === undefined) return [];
  const found = identities as IdentitiesFound;
  const { linkedUsers, links, linksWithoutProvider, federatedUsers, federatedWithGroups, prelinks } = found;
  const { missingProviders, otherProviders = [] } = found;
  return [
    ...(linkedUsers > 0
      ? [
          `${counted(linkedUsers, 'user')} would be linked to identity providers again, by ${number(links - linksWithoutProvider)} of ${counted(links, 'link')}`,
        ]
      : []),
    ...(federatedUsers > 0
      ? [
          `${counted(federatedUsers, 'user')} of identity providers, ${number(federatedWithGroups)} of them in groups: ${number(prelinks)} would be made and linked before the first sign-in, the others only listed in federated.csv`,
        ]
      : []),
    ...(missingProviders.length > 0
      ? [
          `the new pool has no identity provider of the name ${missingProviders.join(', ')}: make it there first, under this name and with the same client id at the provider`,
        ]
      : []),
    ...(otherProviders.length > 0
      ? [
          `the identity provider ${otherProviders.join(', ')} of the new pool is of another type than the backup says: nothing would be linked to it`,
        ]
      : []),
  ];
}

/** What can be done before the restore, since afterwards nobody can be renamed. */
const signInStep = (unknown: number): string =>
  `while the old pool exists, another export asks Cognito about ${unknown === 1 ? 'that user' : 'them'} again; an account with the wrong address has to be deleted and made anew`;

const butOf = (lockedOut: number): string =>
  lockedOut > 0 ? `, ${number(lockedOut)} could not use "forgot password"` : '';

/** Undefined where nobody loses protection. */
export const mfaOffOf = ({ mfa }: { readonly mfa?: unknown }): string | undefined =>
  mfa === undefined ? undefined : mfaOffText(mfa as MfaChange);

const countOf = (value: unknown): number => (typeof value === 'number' ? value : 0);

function wouldGoOn(standing: Standing): Findings {
  const { usersInBackup, usersThere, usersHeldBack, usersBlocked, usersExcluded, usersNotInTable, usersDeletedSince } =
    standing;
  const left = usersHeldBack + usersBlocked + usersExcluded + usersNotInTable + usersDeletedSince;
  const users = counted(usersInBackup, 'user');
  return {
    subject:
      left > 0
        ? `Dry run: ${number(left)} of ${users} would not be restored, ${number(usersThere)} ${usersThere === 1 ? 'is' : 'are'} there`
        : `Dry run: ${countedAll(usersInBackup, 'user')} can be restored, ${number(usersThere)} ${usersThere === 1 ? 'is' : 'are'} there`,
    lines: LINES.filter(([count], index) => index === 0 || standing[count] > 0)
      .map(([count, words]) => `  ${countedWords(standing[count], words)}`)
      .join('\n'),
    important: left + standing.usersWithoutRecovery + standing.usersMfaLockedOut + standing.usersSignInUnknown > 0,
  };
}
