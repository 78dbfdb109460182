import type { Attributes, ContactAttribute, MfaFactor, PoolSettings } from '../../model.ts';
import type { MfaCounts, MfaHurdle } from '../plan/mfa-hurdles.ts';
import { recoveryAddresses } from './recovery.ts';

/** What decides how restored users, who have registered nothing, get into a pool that requires MFA. */
export interface RequiredMfa extends Pick<PoolSettings, 'recoveryMechanisms'> {
  readonly factors: readonly string[];
}

/** Undefined for a pool that does not require MFA: nobody restored is asked for a second factor there. */
export const requiredMfaOf = ({
  mfaConfiguration,
  mfa,
  recoveryMechanisms,
}: Pick<PoolSettings, 'mfaConfiguration' | 'mfa' | 'recoveryMechanisms'>): RequiredMfa | undefined =>
  mfaConfiguration === 'ON'
    ? { factors: mfa?.factors ?? [], ...(recoveryMechanisms === undefined ? {} : { recoveryMechanisms }) }
    : undefined;

const FACTOR_OF: Readonly<Record<ContactAttribute, MfaFactor>> = { phone_number: 'SMS_MFA', email: 'EMAIL_OTP' };
/** In the order in which a pool without AccountRecoverySetting recovers (service model: SMS is preferred). */
const ADDRESSES = Object.keys(FACTOR_OF) as ContactAttribute[];

/**
 * Undefined for a user who signs in by a code to an address ("Adding MFA to a user pool", details of MFA logic). Codes go
 * to unverified addresses, too, but never to the one to which the pool would send this user's password resets.
 */
export function mfaHurdleOf(attributes: Attributes, mfa: RequiredMfa): MfaHurdle | undefined {
  const held = ADDRESSES.filter((name) => (attributes[name] ?? '') !== '');
  const recovering = mfa.recoveryMechanisms === undefined ? ADDRESSES : recoveryAddresses(mfa);
  const recovery = recovering.find((name) => held.includes(name));
  const offered = held.filter((name) => mfa.factors.includes(FACTOR_OF[name]));
  if (offered.some((name) => name !== recovery)) return undefined;
  return {
    meets: mfa.factors.includes('SOFTWARE_TOKEN_MFA') ? 'mustEnrol' : 'cannotSignIn',
    why: offered.length === 0 ? 'noFactor' : 'recoveryOnly',
  };
}

/** Counts users one by one. */
export class MfaCounter {
  readonly #counts = {
    byCode: 0,
    mustEnrol: { noFactor: 0, recoveryOnly: 0 },
    cannotSignIn: { noFactor: 0, recoveryOnly: 0 },
  };

  constructor(private readonly mfa: RequiredMfa) {}

  add(attributes: Attributes): void {
    const hurdle = mfaHurdleOf(attributes, this.mfa);
    if (hurdle === undefined) this.#counts.byCode += 1;
    else this.#counts[hurdle.meets][hurdle.why] += 1;
  }

  get counts(): MfaCounts {
    return this.#counts;
  }
}
