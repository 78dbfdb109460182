import { Halt } from '../errors.ts';
import type { PoolSettings } from '../model.ts';

/** What the launch says about pools that are not backed up by default. */
export interface SourcePoolRules {
  /** The parameter AllowMfa: the users of such a pool come back without their second factors. */
  readonly allowMfa: boolean;
  /** The parameter AllowMultipleUsernameAttributes: for some users it may stay unknown by which address they sign in. */
  readonly allowMultipleUsernameAttributes: boolean;
}

/**
 * Which pools can be backed up: MFA OFF (a restored pool would not know the users' second factors), unless AllowMfa says
 * otherwise, and at most one username attribute (with two no listing tells which one a user signs in by), unless
 * AllowMultipleUsernameAttributes does. Halts MfaNotSupported or MultipleUsernameAttributes.
 */
export function checkSourcePool(
  poolId: string,
  settings: Pick<PoolSettings, 'mfaConfiguration' | 'usernameAttributes'>,
  { allowMfa, allowMultipleUsernameAttributes }: SourcePoolRules,
): void {
  if (settings.mfaConfiguration !== 'OFF' && !allowMfa) {
    throw new Halt(
      'MfaNotSupported',
      `User pool ${poolId} has multi-factor authentication ${settings.mfaConfiguration}, and the parameter AllowMfa is NO: no restore brings second factors (authenticator apps, passkeys, remembered devices) back. Set AllowMfa to YES to back the pool up all the same: its users are then restored without them, as the new pool's MFA setting allows. Or switch MFA off, or do not back up this pool.`,
    );
  }
  if (settings.usernameAttributes.length > 1 && !allowMultipleUsernameAttributes) {
    throw new Halt(
      'MultipleUsernameAttributes',
      `Users of the pool ${poolId} sign in by ${settings.usernameAttributes.join(' or ')}, and the parameter AllowMultipleUsernameAttributes is NO: no listing tells by which of the two a user signs in. Set AllowMultipleUsernameAttributes to YES to back the pool up all the same: an export then asks Cognito once about each user who has both. Username attributes are fixed when a pool is made.`,
    );
  }
}

/** What to do about a pool that anybody with the permission may delete. */
export const unprotectedText = (poolId: string): string =>
  `Deletion protection of the user pool ${poolId} is off: one call deletes the pool with all of its users. Turn it on in the Cognito console (Settings of the pool, Deletion protection); the command update-user-pool would set everything back that it is not given.`;

/** Stands for the pool of a backup that does not say which one it was; no id, and with its blank no beginning of a group's name. */
export const UNKNOWN_POOL = 'not known';

/** Whether a backup came from this pool; one that does not say is taken for one of the pool that the launch backs up. */
export const isSourcePool = (
  poolId: string,
  manifest: { readonly userPoolId: string } | undefined,
  primaryUserPoolId: string,
): boolean =>
  poolId === (manifest === undefined || manifest.userPoolId === UNKNOWN_POOL ? primaryUserPoolId : manifest.userPoolId);
