import { counted } from '../../counted.ts';
import type { PoolSettings } from '../../model.ts';
import type { RequiredMfa } from '../csv/mfa-sign-in.ts';
import { hurdlesIn } from '../plan/mfa-hurdles.ts';
import type { MfaChange, MfaCounts } from '../plan/mfa-hurdles.ts';

/** A new pool that requires MFA, and how the users of the backup would get in. */
export interface MfaFacts {
  readonly required: RequiredMfa;
  readonly counts: MfaCounts;
  /** AcceptMfaLockout is given. */
  readonly accepted: boolean;
  /** Key of the file that names the users. */
  readonly reportKey: string;
}

const RELIEF =
  'let the pool offer authenticator apps (SOFTWARE_TOKEN_MFA) or another factor, set its MFA to OPTIONAL until everybody has enrolled, or let it recover passwords by another address (AccountRecoverySetting)';

const offeredBy = ({ factors }: RequiredMfa): string => (factors.length === 0 ? 'no factor' : factors.join(', '));

/** Users who could never sign in are a reason not to begin, unless the operator accepts it. */
export function lockoutFindings({ required, counts, accepted, reportKey }: MfaFacts): string[] {
  const { noFactor, recoveryOnly } = counts.cannotSignIn;
  if (accepted || noFactor + recoveryOnly === 0) return [];
  const reasons = [
    ...(noFactor === 0 ? [] : [`${counted(noFactor, 'user')} without an address for any factor that it offers`]),
    ...(recoveryOnly === 0
      ? []
      : [
          `${counted(recoveryOnly, 'user')} whose only address for a factor is the one by which the pool recovers passwords (Cognito never sends both codes to one address)`,
        ]),
  ];
  return [
    `the pool requires MFA and offers ${offeredBy(required)}, so that ${counted(noFactor + recoveryOnly, 'user')} could not sign in: ${reasons.join(', ')}; ${reportKey} in the mapping-file bucket names them. To let them in, ${RELIEF}; or start with "AcceptMfaLockout": true to restore them all the same`,
  ];
}

/** How users get in, for the report. */
export function requiredMfaNotes({ required, counts }: MfaFacts): string[] {
  const { byCode, mustEnrol, cannotSignIn } = counts;
  const [enrolling, locked] = [hurdlesIn(mustEnrol), hurdlesIn(cannotSignIn)];
  return [
    `The new pool requires MFA and offers ${offeredBy(required)}. Second factors are not restored: ${counted(byCode, 'user')} can sign in by a code to a phone number or an e-mail address, ${counted(enrolling, 'user')} must enrol an authenticator app at the first sign-in, ${counted(locked, 'user')} cannot sign in.${enrolling + locked === 0 ? '' : ' mfa.csv names those who must enrol or cannot sign in.'}`,
    ...(mustEnrol.recoveryOnly === 0
      ? []
      : [
          `Of those who must enrol, ${counted(mustEnrol.recoveryOnly, 'user')} could get codes only at the address by which the pool recovers passwords. AWS does not say for certain that Cognito lets them enrol: try it with one of them.`,
        ]),
    ...(locked === 0 ? [] : [`For those who cannot sign in: ${RELIEF}.`]),
  ];
}

/** Of the pool that was backed up, and of the new one. */
export const mfaChangeOf = (
  source: Pick<PoolSettings, 'mfaConfiguration'>,
  target: Pick<PoolSettings, 'mfaConfiguration'>,
): MfaChange => ({ source: source.mfaConfiguration, target: target.mfaConfiguration });

/** Undefined where nobody loses protection: the old pool had no MFA, or the new one requires it. */
export function mfaOffText({ source, target }: MfaChange): string | undefined {
  if (source === 'OFF' || target === 'ON') return undefined;
  const until =
    target === 'OPTIONAL'
      ? 'until they enrol again'
      : 'until they enrol again, which takes another setting of the new pool';
  return `MFA is off for everybody ${until}: it was ${source} in the pool that was backed up and is ${target} in the new one, and no restore brings second factors back. Until then a password is enough to sign in.`;
}

/** In a subject. */
export const MFA_IS_OFF = 'MFA is off for everybody until they enrol again';
