import type { PoolUser } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import { identitiesOf, providerProblem } from '../plan/identity-plan.ts';
import type { ExternalIdentity, LinkedUser, PoolProviders } from '../plan/identity-plan.ts';
import type { IdentityProblem } from '../plan/identity-state.ts';
import { isSeen } from '../../comparison/mark.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { accountBySub } from '../../listing/account-by-sub.ts';
import { unlessUnanswered } from '../updates/unanswered.ts';
import type { UpdateRun } from '../updates/update-run.ts';

/** The pool in which links are made, and by what. */
export type LinkPlace = Pick<UpdateRun, 'deps' | 'plan'>;

/** An account of the new pool, and what is to be linked to it. */
interface Linking {
  /** By which AdminLinkProviderForUser names the account. */
  readonly username: string;
  readonly newSub: string;
  readonly links: readonly ExternalIdentity[];
  /** Those of the new pool. */
  readonly providers: PoolProviders;
}

/**
 * Links the identities that a user of the backup had, and tells what is lacking afterwards. Only to the account that the
 * comparison proved to be the one that this restore made: a link to somebody else's would let the person into it.
 */
export async function linkUser(
  { run, marks }: Pick<CheckRun, 'run' | 'marks'>,
  { sub, name, links }: LinkedUser,
  providers: PoolProviders,
): Promise<readonly IdentityProblem[]> {
  const ordinal = marks.ordinalOf(name);
  const newSub = run.accounts.newSubOf(sub);
  if (ordinal === undefined || newSub === undefined || !isSeen(marks.users[ordinal] as number))
    return [{ lacks: 'link', reason: 'UserNotRestored' }];
  const { made, problems } = await linkAccount(run, { newSub, links, providers });
  if (made > 0) run.accounts.recordWrite(sub, { at: run.deps.clock.now(), byName: false });
  return problems;
}

/**
 * Links what the account does not have yet. It is looked at in this moment, so that neither a link that is there is made
 * again, nor one to an account of the same name.
 */
export async function linkAccount(
  run: LinkPlace,
  { newSub, links, providers }: Omit<Linking, 'username'>,
): Promise<{ readonly made: number; readonly problems: readonly IdentityProblem[] }> {
  const impossible = links.flatMap((link) => notOfPool(link, providers) ?? []);
  if (impossible.length === links.length) return { made: 0, problems: impossible };
  const account = await accountBySub(run.deps.pool, run.plan.newUserPoolId, newSub);
  if (account === undefined) return { made: 0, problems: [{ lacks: 'link', reason: 'UserNotRestored' }] };
  const todo = missingLinks(links, account);
  const problems = await makeLinks(run, { username: account.username, newSub, links: todo, providers });
  return { made: todo.length - problems.length, problems };
}

/** Those of the links that the account does not have. */
export function missingLinks(
  links: readonly ExternalIdentity[],
  { attributes }: Pick<PoolUser, 'attributes'>,
): readonly ExternalIdentity[] {
  const linked = identitiesOf(attributes) ?? [];
  return links.filter((link) => !linked.some((one) => isSame(one, link)));
}

/** One after the other; a link whose answer was lost, or that an earlier invocation made, is recognized by the account. */
export async function makeLinks(
  run: LinkPlace,
  { username, newSub, links, providers }: Linking,
): Promise<readonly IdentityProblem[]> {
  const { deps, plan } = run;
  const target = { pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock };
  const problems: IdentityProblem[] = [];
  for (const link of links) {
    const impossible = notOfPool(link, providers);
    if (impossible !== undefined) {
      problems.push(impossible);
      continue;
    }
    const outcome = await unlessUnanswered(target, () => deps.writer.linkIdentity(plan.newUserPoolId, username, link));
    if (outcome === 'done' || (await hasLink(run, newSub, link))) continue;
    problems.push({ lacks: 'link', reason: whyRefused(outcome), of: link.provider });
  }
  return problems;
}

const isSame = (one: ExternalIdentity, other: ExternalIdentity): boolean =>
  one.provider === other.provider && one.id === other.id;

async function hasLink({ deps, plan }: LinkPlace, newSub: string, link: ExternalIdentity): Promise<boolean> {
  const account = await accountBySub(deps.pool, plan.newUserPoolId, newSub);
  return account !== undefined && (identitiesOf(account.attributes) ?? []).some((one) => isSame(one, link));
}

function notOfPool(link: ExternalIdentity, providers: PoolProviders): IdentityProblem | undefined {
  const problem = providerProblem(link, providers);
  return problem === undefined ? undefined : { lacks: 'link', reason: NOT_OF_POOL[problem], of: link.provider };
}

/** Why nothing is linked to the provider of that name. */
export const NOT_OF_POOL = {
  missing: 'ProviderMissing: the new pool has no identity provider of this name',
  other:
    'ProviderDiffers: the identity provider of this name is of another type in the new pool, where the id can be that of another person',
} as const;

/** What Cognito is known to answer so; of InvalidParameterException its message alone would tell, which can hold names. */
const WHY: Readonly<Record<string, string>> = {
  AliasExistsException:
    'IdentityCollision (AliasExistsException): the identity has signed in to the new pool already or is linked to another user of it',
  InvalidParameterException:
    'LinkRefused: InvalidParameterException; so Cognito answers for an identity that has signed in to the new pool already and for a profile with an immutable attribute',
  LimitExceededException: 'LinkRefused: LimitExceededException; a profile takes five identities',
};

const whyRefused = ({ refused }: Exclude<WriteOutcome, 'done'>): string => WHY[refused] ?? `LinkRefused: ${refused}`;
