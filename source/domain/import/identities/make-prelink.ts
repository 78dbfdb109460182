import type { PlannedGroup } from '../plan/plan-model.ts';
import type { PoolProviders, Prelink } from '../plan/identity-plan.ts';
import type { IdentityProblem } from '../plan/identity-state.ts';
import type { Attributes, PoolUser } from '../../model.ts';
import type { Refusal, WriteOutcome } from '../../ports.ts';
import { whenKnown } from '../updates/create-user.ts';
import { listedUsersInTime } from '../updates/listed-user.ts';
import { isUnanswered, unlessUnanswered } from '../updates/unanswered.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { providerProblem } from '../plan/identity-plan.ts';
import { makeLinks, NOT_OF_POOL } from './link-user.ts';
import type { LinkPlace } from './link-user.ts';

const NAME_TAKEN = 'UsernameExistsException';

/** What became of it; `newSub`: the account that was made. */
export interface PrelinkOutcome {
  readonly newSub?: string;
  readonly problems: readonly IdentityProblem[];
}

/**
 * Makes a user of a provider before the first sign-in: without any address, so that no password reset leads past the
 * provider, with a password that nobody knows, then its links. Done again it finds what is done: nobody else could have
 * guessed the username.
 */
export async function makePrelink(
  run: LinkPlace,
  prelink: Omit<Prelink, 'groups'>,
  providers: PoolProviders,
): Promise<PrelinkOutcome> {
  const { username, links, enabled } = prelink;
  const [first] = links;
  if (first === undefined) return { problems: [{ lacks: 'account', reason: NOT_OF_POOL.missing }] };
  const problem = providerProblem(first, providers);
  if (problem !== undefined)
    return { problems: [{ lacks: 'account', reason: NOT_OF_POOL[problem], of: first.provider }] };
  if (!run.plan.mayCreateUsers)
    return {
      problems: [{ lacks: 'account', reason: "TriggersWouldFire: the pool's triggers would see it being made" }],
    };
  const made = await ensureAccount(run, prelink);
  if ('refused' in made) return { problems: [{ lacks: 'account', reason: `CreateRefused: ${made.refused}` }] };
  const { newSub, problems } = made;
  const { deps, plan } = run;
  const write = (call: () => Promise<WriteOutcome>): Promise<WriteOutcome> =>
    unlessUnanswered({ pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock }, call);
  const note = (outcome: WriteOutcome, lacks: IdentityProblem['lacks'], of?: string): void => {
    if (outcome !== 'done') problems.push({ lacks, reason: outcome.refused, ...(of === undefined ? {} : { of }) });
  };
  const password = deps.newPassword();
  note(
    await whenKnown(() => write(() => deps.writer.setPassword(plan.newUserPoolId, username, password)), deps.clock),
    'password',
  );
  // Before anybody can sign in as this user.
  if (!enabled) {
    const disabled = await write(() => deps.writer.disableUser(plan.newUserPoolId, username));
    note(disabled, 'flag');
    if (disabled !== 'done') return { newSub, problems };
  }
  const unlinked = await makeLinks(run, { username, newSub, links, providers });
  problems.push(...unlinked);
  return { newSub, problems };
}

/** Somebody can be that user: without the first link nobody could, and an account that is to be disabled must be. */
export const isUsable = ({ newSub, problems }: PrelinkOutcome, { links: [first] }: Pick<Prelink, 'links'>): boolean =>
  newSub !== undefined &&
  !problems.some(({ lacks, of }) => lacks === 'flag' || (lacks === 'link' && of === first?.provider));

/** Makes the user with its memberships, which nobody gets who could not be that user. */
export async function makePrelinkedMember(
  run: UpdateRun,
  prelink: Prelink,
  providers: PoolProviders,
): Promise<PrelinkOutcome> {
  const made = await makePrelink(run, prelink, providers);
  if (!isUsable(made, prelink)) return made;
  const { deps, plan } = run;
  const target = { pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock };
  const problems = [...made.problems];
  for (const index of prelink.groups) {
    const { name } = run.groups[index] as PlannedGroup;
    const outcome = (await run.groupCreation.need(index))
      ? await unlessUnanswered(target, () => deps.writer.addUserToGroup(plan.newUserPoolId, prelink.username, name))
      : { refused: 'GroupRefused' };
    if (outcome !== 'done') problems.push({ lacks: 'membership', reason: outcome.refused, of: name });
  }
  return { ...made, problems };
}

/** A refused attribute costs that attribute: without them the user is made all the same. */
async function ensureAccount(
  run: LinkPlace,
  prelink: Omit<Prelink, 'groups'>,
): Promise<{ readonly newSub: string; readonly problems: IdentityProblem[] } | Refusal> {
  const { attributes } = prelink;
  const made = await create(run, prelink, attributes);
  if (!('refused' in made)) return { newSub: made.sub, problems: [] };
  if (Object.keys(attributes).length === 0 || isUnanswered(made) || made.refused === NAME_TAKEN) return made;
  const less = await create(run, prelink, {});
  if ('refused' in less) return less;
  return { newSub: less.sub, problems: [{ lacks: 'attributes', reason: made.refused }] };
}

async function create(
  { deps, plan }: LinkPlace,
  { username }: Pick<Prelink, 'username'>,
  attributes: Attributes,
): Promise<Pick<PoolUser, 'sub'> | Refusal> {
  const target = { pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock };
  const created = await unlessUnanswered(target, () =>
    deps.writer.createUser(plan.newUserPoolId, { username, attributes, temporaryPassword: deps.newPassword() }),
  );
  if (!('refused' in created) || (created.refused !== NAME_TAKEN && !isUnanswered(created))) return created;
  const [found] = await listedUsersInTime(deps.pool, plan, username, deps.clock);
  return found ?? created;
}
