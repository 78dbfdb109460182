import { counted } from '../counted.ts';
import { Halt } from '../errors.ts';
import type { PoolSettings } from '../model.ts';

/**
 * Which pools can be backed up: MFA OFF (a restored pool would not know the users' second factors) and at most one
 * username attribute (with two it is ambiguous which value a user signs in with). Halts MfaNotSupported or
 * MultipleUsernameAttributes.
 */
export function checkSourcePool(
  poolId: string,
  settings: Pick<PoolSettings, 'mfaConfiguration' | 'usernameAttributes'>,
): void {
  if (settings.mfaConfiguration !== 'OFF') {
    throw new Halt(
      'MfaNotSupported',
      `User pool ${poolId} has multi-factor authentication ${settings.mfaConfiguration}; only pools with MFA OFF can be exported, since second factors cannot be restored. Switch MFA off, or do not back up this pool.`,
    );
  }
  if (settings.usernameAttributes.length > 1) {
    throw new Halt(
      'MultipleUsernameAttributes',
      `User pool ${poolId} has ${counted(settings.usernameAttributes.length, 'username attribute')} (${settings.usernameAttributes.join(', ')}); only pools with none or one can be exported. Username attributes are fixed when a pool is made, so this pool cannot be backed up.`,
    );
  }
}

/** What to do about a pool that anybody with the permission may delete. */
export const unprotectedText = (poolId: string): string =>
  `Deletion protection of the user pool ${poolId} is off: one call deletes the pool with all of its users. Turn it on in the Cognito console (Settings of the pool, Deletion protection); the command update-user-pool would set everything back that it is not given.`;
