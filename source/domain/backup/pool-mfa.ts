import type { UserPoolDescription } from '../model.ts';
import type { UserPoolReader } from '../ports.ts';

/** The pool with its MFA settings, where it has MFA: one call more. */
export async function withMfaSettings(
  pools: Pick<UserPoolReader, 'mfaSettings'>,
  pool: UserPoolDescription,
): Promise<UserPoolDescription> {
  if (pool.settings.mfaConfiguration === 'OFF') return pool;
  return { ...pool, settings: { ...pool.settings, mfa: await pools.mfaSettings(pool.id) } };
}
