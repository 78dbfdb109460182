import { isNamed } from '../../errors.ts';
import type { Attributes, PoolUser } from '../../model.ts';
import type { Clock, UserPoolReader, UserPoolWriter, WriteOutcome } from '../../ports.ts';
import { findUser } from '../jobs/pool-names.ts';
import type { RestorePlan, RestoreUser } from '../plan-model.ts';
import { userContentDigest } from '../planning/expected.ts';

type Target = Pick<RestorePlan, 'newUserPoolId' | 'signInName' | 'caseSensitive'>;

const NAME_TAKEN = 'UsernameExistsException';

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

/** Where it is an alias, Cognito takes it for confirmed users only ("... cannot be provided for unconfirmed account"). */
const LATE_ATTRIBUTE = 'preferred_username';

/**
 * Creates one user without any message. A user of that name who already exists is ours if everything about it is as
 * planned (an earlier try whose answer was lost, or an import row whose result was); else it is somebody else's. A user
 * who is refused with a preferred_username is created without: the comparison at the end finds it missing and sets it.
 */
export async function createUser(
  plan: Target,
  user: RestoreUser,
  { pool, writer, newPassword, clock }: CreateUserDeps,
): Promise<CreateOutcome> {
  const create = (attributes: Attributes): Promise<WriteOutcome> =>
    writer.createUser(plan.newUserPoolId, { username: user.name, attributes, temporaryPassword: newPassword() });
  const tried = await create(user.attributes);
  const again = tried !== 'done' && tried.refused !== NAME_TAKEN && LATE_ATTRIBUTE in user.attributes;
  const created = again ? await create(withoutLate(user.attributes)) : tried;
  if (created !== 'done') {
    if (created.refused !== NAME_TAKEN) return created;
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

const withoutLate = (attributes: Attributes): Attributes => Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== LATE_ATTRIBUTE));

/** The flag is set by a later operation, and preferred_username may be: either value of the one, and none of the other, is ours. */
function isOurs(existing: PoolUser, user: RestoreUser): boolean {
  const found = userContentDigest({ ...existing, enabled: true });
  return [user.attributes, withoutLate(user.attributes)].some((attributes) => found.equals(userContentDigest({ attributes, enabled: true })));
}
