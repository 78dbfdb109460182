import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import type { Clock, UserPoolReader, UserPoolWriter } from '../../ports.ts';
import { findUser } from '../jobs/pool-names.ts';
import type { RestorePlan, RestoreUser } from '../plan-model.ts';
import { userContentDigest } from '../planning/expected.ts';

type Target = Pick<RestorePlan, 'newUserPoolId' | 'signInName' | 'caseSensitive'>;

/** ListUsers is eventually consistent: a user who exists and is not listed yet is looked for again after these waits. */
const LISTING_LAG_MS: readonly number[] = [1_000, 4_000];

export interface CreateUserDeps {
  readonly pool: Pick<UserPoolReader, 'listUsersPage'>;
  readonly writer: Pick<UserPoolWriter, 'createUser' | 'setPassword'>;
  /** A new random password that meets any policy; it is used once and forgotten. */
  readonly newPassword: () => string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * `done`: the user exists with a permanent password that nobody knows (it is set anew by "forgot password");
 * `noPassword`: the user exists, but Cognito refused the password; `collision`: somebody else has the name.
 */
export type CreateOutcome = 'done' | { readonly refused: string } | { readonly noPassword: string } | 'collision';

/**
 * Creates one user without any message. A user of that name who already exists is ours if everything about it is as
 * planned (an earlier try whose answer was lost, or an import row whose result was); else it is somebody else's.
 */
export async function createUser(
  plan: Target,
  user: RestoreUser,
  { pool, writer, newPassword, clock }: CreateUserDeps,
): Promise<CreateOutcome> {
  const created = await writer.createUser(plan.newUserPoolId, { username: user.name, attributes: user.attributes });
  if (created !== 'done') {
    if (created.refused !== 'UsernameExistsException') return created;
    const existing = await lookUp(pool, plan, user.name, clock);
    if (existing === undefined || !isOurs(existing, user)) return 'collision';
    if (existing.status !== 'FORCE_CHANGE_PASSWORD') return 'done';
  }
  const outcome = await writer.setPassword(plan.newUserPoolId, user.name, newPassword());
  return outcome === 'done' ? 'done' : { noPassword: outcome.refused };
}

async function lookUp(pool: CreateUserDeps['pool'], plan: Target, name: string, clock: CreateUserDeps['clock']): Promise<PoolUser | undefined> {
  try {
    for (const wait of LISTING_LAG_MS) {
      const found = await findUser(pool, plan, name);
      if (found !== undefined) return found;
      await clock.sleep(wait);
    }
    return await findUser(pool, plan, name);
  } catch (error) {
    if (isNamed(error, 'FilterRefused')) return undefined;
    throw error;
  }
}

/** The flag is set by a later operation: either value is ours. */
const isOurs = (existing: PoolUser, user: RestoreUser): boolean =>
  userContentDigest({ ...existing, enabled: true }).equals(userContentDigest({ ...user, enabled: true }));
