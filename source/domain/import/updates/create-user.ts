import type { Accounts, MadeBy } from '../accounts/accounts.ts';
import type { CreationJournal } from '../accounts/creation-journal.ts';
import { hasAttributesOf, isEarlierCreation, isOurCreation, isOurRow, proofOf } from '../accounts/proof.ts';
import type { RowEvidence } from '../accounts/proof.ts';
import { TEMPORARY_PASSWORD_STATUS } from '../../model.ts';
import type { Attributes, PoolUser } from '../../model.ts';
import type { Clock, Refusal, UserPoolReader, UserPoolWriter, WriteOutcome } from '../../ports.ts';
import type { RestorePlan, RestoreUser } from '../plan/plan-model.ts';
import { lessened } from './lessened.ts';
import { LAG_MS, listedUsersInTime } from './listed-user.ts';
import type { RestoredPool } from './listed-user.ts';
import { isUnanswered, unlessUnanswered } from './unanswered.ts';

const NAME_TAKEN = 'UsernameExistsException';
const NOT_KNOWN_YET = 'UserNotFoundException';

type PoolInWork = RestoredPool & Pick<RestorePlan, 'plannedAt' | 'schema'>;

/** What the creation of one user needs. */
export interface CreateUserDeps {
  readonly pool: Pick<UserPoolReader, 'listUsersPage'>;
  readonly writer: Pick<UserPoolWriter, 'createUser' | 'setPassword'>;
  /** A new random password that meets any policy; it is used once and forgotten. */
  readonly newPassword: () => string;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly journal: CreationJournal;
  /** What would prove that an import job had made the account all the same. */
  readonly row: Omit<RowEvidence, 'told'>;
  /** Told of an account that was made earlier, before the next write to it. */
  readonly adopting?: ((account: PoolUser) => void) | undefined;
}

/**
 * `done`: the user exists with a permanent password that nobody knows ("forgot password" sets another);
 * `existed`: an import job had brought the user; `noPassword`: the user exists, but Cognito refused the password;
 * `collision`: somebody else has the name.
 */
export type CreateOutcome = 'done' | 'existed' | Refusal | { readonly noPassword: string } | 'collision';

/**
 * Creates one user without any message, and records the account as ours before it gets its password. A user of that name
 * who already exists is ours if the record, the answer of an earlier call, or what it shows says so (see adopt); else it
 * is somebody else's. A user who is refused is tried once more without what may have been the cause (see lessened): the
 * comparison at the end finds it missing, and sets or reports it.
 */
export async function createUser(plan: PoolInWork, user: RestoreUser, deps: CreateUserDeps): Promise<CreateOutcome> {
  const { pool, writer, newPassword, clock, journal, accounts } = deps;
  await journal.intend(user);
  const create = (attributes: Attributes): ReturnType<UserPoolWriter['createUser']> =>
    unlessUnanswered({ pool, poolId: plan.newUserPoolId, clock }, () =>
      writer.createUser(plan.newUserPoolId, { username: user.name, attributes, temporaryPassword: newPassword() }),
    );
  const tried = await create(user.attributes);
  const less = 'refused' in tried && tried.refused !== NAME_TAKEN ? lessened(user, tried, plan) : undefined;
  if (less !== undefined) await journal.intendLess(user, less);
  const created = less === undefined ? tried : await create(less);
  if ('refused' in created) {
    if (isUnanswered(created)) accounts.recordMayBeCreated(user.sub);
    else if (created.refused !== NAME_TAKEN) return created;
    const existing = await listedUsersInTime(pool, plan, user.name, clock);
    const account = existing.find((one) => makerOf(plan, user, one, deps) !== undefined) ?? existing[0];
    if (account === undefined) return isUnanswered(created) ? created : 'collision';
    return adopt(plan, user, account, deps);
  }
  accounts.recordMade(user.sub, { newSub: created.sub, at: clock.now(), by: 'create' });
  await journal.record(user.sub, created.sub);
  return givePassword(plan, { oldSub: user.sub, username: created.sub }, deps);
}

/**
 * How a user came whose sign-in name an account has; a collision unless the account is ours. One whose creation was cut
 * off gets its password.
 */
export async function adopt(
  plan: PoolInWork,
  user: RestoreUser,
  account: PoolUser,
  deps: CreateUserDeps,
): Promise<CreateOutcome> {
  const { accounts } = deps;
  const by = makerOf(plan, user, account, deps);
  if (by === undefined) return 'collision';
  if (accounts.newSubOf(user.sub) !== account.sub)
    accounts.recordMade(user.sub, { newSub: account.sub, at: Date.parse(account.created), by });
  deps.adopting?.(account);
  if (by === 'import') return 'existed';
  if (account.status !== TEMPORARY_PASSWORD_STATUS) return 'done';
  await deps.journal.record(user.sub, account.sub);
  return givePassword(plan, { oldSub: user.sub, username: account.username }, deps);
}

function makerOf(
  plan: PoolInWork,
  user: RestoreUser,
  account: PoolUser,
  { accounts, journal, row }: CreateUserDeps,
): MadeBy | undefined {
  const recorded = accounts.newSubOf(user.sub);
  if (recorded === account.sub) return accounts.madeBy(user.sub);
  // One on record may be gone, and this one made in its place.
  if (journal.proves(user.sub, account, accounts.lastWriteAt(user.sub))) return 'create';
  if (recorded !== undefined) return undefined;
  const since = accounts.mayBeCreated(user.sub) ? Date.parse(plan.plannedAt) : journal.since;
  const sent = [user, withoutThese(user, journal.leftOut(user.sub))];
  if (sent.some((given) => isOurCreation(account, given, since))) return 'create';
  if (accounts.mayBeCreatedBefore(user.sub) && hasAttributesOf(account, user) && isEarlierCreation(account, plan))
    return 'create';
  const { signInName } = plan;
  return isOurRow(account, proofOf(user, signInName), { ...row, told: false }, signInName) ? 'import' : undefined;
}

function withoutThese(user: RestoreUser, names: readonly string[]): RestoreUser {
  const attributes = Object.entries(user.attributes).filter(([name]) => !names.includes(name));
  return { ...user, attributes: Object.fromEntries(attributes) };
}

/** Sets the permanent password that nobody knows. Cognito may not know yet, for a moment, a user who was just created. */
async function givePassword(
  plan: RestoredPool,
  { oldSub, username }: { readonly oldSub: string; readonly username: string },
  { pool, writer, newPassword, clock, accounts }: CreateUserDeps,
): Promise<'done' | { readonly noPassword: string }> {
  const password = newPassword();
  const set = (): Promise<WriteOutcome> =>
    unlessUnanswered({ pool, poolId: plan.newUserPoolId, clock }, () =>
      writer.setPassword(plan.newUserPoolId, username, password),
    );
  const outcome = await whenKnown(set, clock);
  if (outcome !== 'done') return { noPassword: outcome.refused };
  accounts.recordWrite(oldSub, { at: clock.now(), byName: false });
  return 'done';
}

/** A write to a user who was just created and may not be known yet. */
export async function whenKnown(
  write: () => Promise<WriteOutcome>,
  clock: Pick<Clock, 'sleep'>,
): Promise<WriteOutcome> {
  let outcome = await write();
  for (const wait of LAG_MS) {
    if (outcome === 'done' || outcome.refused !== NOT_KNOWN_YET) break;
    await clock.sleep(wait);
    outcome = await write();
  }
  return outcome;
}
