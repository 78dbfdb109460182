import type { Attributes, ContactAttribute, PoolSettings } from '../../model.ts';
import { isVerified } from './verified.ts';

/** Where the code of "forgot password" goes, by mechanism of AccountRecoverySetting; `admin_only` sends none. */
const ADDRESS_OF: Readonly<Record<string, ContactAttribute>> = {
  verified_email: 'email',
  verified_phone_number: 'phone_number',
};
/** A pool without the setting takes whichever address is verified (service model, AccountRecoverySettingType). */
const WITHOUT_SETTING = Object.keys(ADDRESS_OF);

type Mechanisms = Pick<PoolSettings, 'recoveryMechanisms'>;

/** Addresses to which the pool sends the code of "forgot password". */
export const recoveryAddresses = ({ recoveryMechanisms = WITHOUT_SETTING }: Mechanisms): ContactAttribute[] =>
  recoveryMechanisms.flatMap((name) => ADDRESS_OF[name] ?? []);

/** Why a user cannot set a new password by "forgot password". */
export type NoRecovery =
  /** None of the user's addresses is verified. */
  | 'unverified'
  /** The pool does not recover by the address that is verified, or by none at all. */
  | 'notOffered';

/** Undefined for a user who can set a new password without an administrator. */
export function noRecoveryOf(attributes: Attributes, mechanisms: Mechanisms): NoRecovery | undefined {
  const offered = recoveryAddresses(mechanisms);
  if (offered.some((name) => isVerified(attributes, name))) return undefined;
  const proven = isVerified(attributes, 'email') || isVerified(attributes, 'phone_number');
  return offered.length === 0 || proven ? 'notOffered' : 'unverified';
}

/** What helps those who cannot recover. */
export const RECOVERY_STEP =
  'let the pool recover by the addresses that are verified (AccountRecoverySetting), and set a permanent password for each user without one (AdminSetUserPassword)';

/** Reason of a row of failures.csv that tells of somebody who cannot recover. */
export const NO_RECOVERY = 'NoRecovery';
/** The one row for all users of a pool in which nobody can. */
export const OFFERED_TO_NOBODY =
  'the pool offers "forgot password" to nobody (AccountRecoverySetting): no user can sign in before it does or an administrator sets permanent passwords';
/** What stands in failures.csv about somebody who cannot recover by what the pool offers. */
export const NOT_OFFERED =
  'the pool does not offer "forgot password" by an address of the user that is verified (AccountRecoverySetting): the user cannot sign in before it does or an administrator sets a permanent password';

/** The pool's offer in words. */
export function offeredRecovery(mechanisms: Mechanisms): string {
  const offered = recoveryAddresses(mechanisms);
  return offered.length === 0 ? 'by an administrator only' : `by a verified ${offered.join(' or ')}`;
}
