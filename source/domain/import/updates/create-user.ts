import { IMPORTED_STATUS, TEMPORARY_PASSWORD_STATUS } from '../../model.ts';
import type { Attributes, PoolUser } from '../../model.ts';
import type { Clock, UserPoolReader, UserPoolWriter, WriteOutcome } from '../../ports.ts';
import type { RestoreUser } from '../plan/plan-model.ts';
import { userContentDigest } from '../../digests/user-content.ts';
import { LAG_MS, listedUserInTime } from './listed-user.ts';
import type { RestoredPool } from './listed-user.ts';

const NAME_TAKEN = 'UsernameExistsException';
const NOT_KNOWN_YET = 'UserNotFoundException';

/** What the creation of one user needs. */
export interface CreateUserDeps {
  readonly pool: Pick<UserPoolReader, 'listUsersPage'>;
  readonly writer: Pick<UserPoolWriter, 'createUser' | 'setPassword'>;
  /** A new random password that meets any policy; it is used once and forgotten. */
  readonly newPassword: () => string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/**
 * `done`: the user exists with a permanent password that nobody knows ("forgot password" sets another);
 * `existed`: an import job had brought the user; `noPassword`: the user exists, but Cognito refused the password;
 * `collision`: somebody else has the name.
 */
export type CreateOutcome =
  'done' | 'existed' | { readonly refused: string } | { readonly noPassword: string } | 'collision';

/** Where it is an alias, Cognito takes it for confirmed users only ("... cannot be provided for unconfirmed account"). */
const LATE_ATTRIBUTE = 'preferred_username';

/**
 * Creates one user without any message. A user of that name who already exists is ours if everything about it is as
 * planned (an earlier try whose answer was lost, or an import row whose result was); else it is somebody else's. A user
 * who is refused with a preferred_username is created without: the comparison at the end finds it missing and sets it.
 */
export async function createUser(plan: RestoredPool, user: RestoreUser, deps: CreateUserDeps): Promise<CreateOutcome> {
  const { pool, writer, newPassword, clock } = deps;
  const create = (attributes: Attributes): Promise<WriteOutcome> =>
    writer.createUser(plan.newUserPoolId, { username: user.name, attributes, temporaryPassword: newPassword() });
  const tried = await create(user.attributes);
  const again = tried !== 'done' && tried.refused !== NAME_TAKEN && LATE_ATTRIBUTE in user.attributes;
  const created = again ? await create(withoutLate(user.attributes)) : tried;
  if (created !== 'done') {
    if (created.refused !== NAME_TAKEN) return created;
    const existing = await listedUserInTime(pool, plan, user.name, clock);
    return existing === undefined || !isOurs(existing, user) ? 'collision' : adopt(plan, user, existing, deps);
  }
  return givePassword(plan, user, deps);
}

/** How a user came who exists already and is ours; one whose creation was cut off gets its password. */
export async function adopt(
  plan: RestoredPool,
  user: RestoreUser,
  { status }: PoolUser,
  deps: CreateUserDeps,
): Promise<CreateOutcome> {
  if (status === TEMPORARY_PASSWORD_STATUS) return givePassword(plan, user, deps);
  return status === IMPORTED_STATUS ? 'existed' : 'done';
}

/** Sets the permanent password that nobody knows. Cognito may not know yet, for a moment, a user who was just created. */
export async function givePassword(
  plan: RestoredPool,
  { name }: Pick<RestoreUser, 'name'>,
  { writer, newPassword, clock }: CreateUserDeps,
): Promise<'done' | { readonly noPassword: string }> {
  const password = newPassword();
  let outcome = await writer.setPassword(plan.newUserPoolId, name, password);
  for (const wait of LAG_MS) {
    if (outcome === 'done' || outcome.refused !== NOT_KNOWN_YET) break;
    await clock.sleep(wait);
    outcome = await writer.setPassword(plan.newUserPoolId, name, password);
  }
  return outcome === 'done' ? 'done' : { noPassword: outcome.refused };
}

const withoutLate = (attributes: Attributes): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => name !== LATE_ATTRIBUTE));

/** The flag is set by a later operation, and preferred_username may be: either value of the one, and none of the other, is ours. */
export function isOurs(existing: PoolUser, user: RestoreUser): boolean {
  const found = userContentDigest({ ...existing, enabled: true });
  return [user.attributes, withoutLate(user.attributes)].some((attributes) =>
    found.equals(userContentDigest({ attributes, enabled: true })),
  );
}
