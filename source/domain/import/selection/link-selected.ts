import { linkAccount } from '../identities/link-user.ts';
import { isUsable, makePrelink } from '../identities/make-prelink.ts';
import type { ExternalIdentity } from '../plan/identity-plan.ts';
import { problemText } from '../plan/identity-state.ts';
import type { IdentityProblem } from '../plan/identity-state.ts';
import type { StepEnd } from '../../state/step.ts';
import { workInOrder } from '../updates/ordered-window.ts';
import { accountBySub } from '../../listing/account-by-sub.ts';
import { CALLS_AT_A_TIME } from '../updates/update-run.ts';
import type { UserDecision } from './decisions.ts';
import type { UndoEntryOf } from './undo-file.ts';
import { endAs, endedDecisions, giveAgain, poolSubOf } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

/**
 * Makes a user of an identity provider before the next sign-in. Without an account that its person can come to, there are
 * no memberships either.
 */
export async function prelinkSelected(
  run: WorkRun,
  index: number,
  { sub, name }: UserDecision,
  prelink: NonNullable<UserDecision['prelink']>,
): Promise<void> {
  const { deps, plan, accounts, undo } = run;
  const before = accounts.newSubOf(sub);
  // Disabled once: whoever is enabled again since was so by somebody's hand.
  const isDisabled =
    before !== undefined &&
    accounts.wasDisabled(sub) &&
    (await accountBySub(deps.pool, plan.newUserPoolId, before)) !== undefined;
  const wanted = isDisabled ? { ...prelink, enabled: true } : prelink;
  const made = await makePrelink({ deps, plan }, wanted, await run.providers());
  const lacking = made.problems.filter(({ lacks }) => lacks !== 'password');
  if (lacking.length > 0) endAs(run, index, 'failed', textOf(lacking));
  if (made.newSub === undefined) undo.refused({ kind: 'createdUser', sub, name });
  else if (isUsable(made, prelink)) {
    accounts.recordMade(sub, { newSub: made.newSub, at: deps.clock.now(), by: 'create' });
    if (!prelink.enabled) accounts.recordDisabled(sub);
    giveAgain(run, sub, before);
  }
}

/** Links what was decided to be linked, to accounts that were proven to be the users' own. */
export async function linkSelected(run: WorkRun): Promise<StepEnd> {
  const { state, progress, undo } = run;
  const linked = linkedUsers(run);
  if (linked.length === 0) return 'moved';
  // Stored before the first link is made, as of every other write.
  for (const { decision, links } of linked) for (const entry of entriesOf(decision, links)) undo.intend(entry);
  await undo.save();
  const end = await workInOrder(inTurn(linked), CALLS_AT_A_TIME, {
    from: state.linked ?? 0,
    keyOf: ({ decision }) => decision.sub,
    work: (one) => linkOne(run, one),
    moved: (done) => {
      state.linked = done;
    },
    afterEach: () => progress.saveIfDue(),
    stop: run.sliceOver,
  });
  await undo.save();
  return end;
}

interface Linked {
  readonly index: number;
  readonly decision: UserDecision;
  readonly links: readonly ExternalIdentity[];
}

const linkedUsers = ({ todo, decisions }: WorkRun): readonly Linked[] =>
  todo.flatMap((index) => {
    const decision = decisions[index];
    return decision?.kind === 'user' && decision.links !== undefined
      ? [{ index, decision, links: decision.links }]
      : [];
  });

async function* inTurn(linked: readonly Linked[]): AsyncGenerator<Linked, void, undefined> {
  yield* await Promise.resolve(linked);
}

async function linkOne(run: WorkRun, { index, decision, links }: Linked): Promise<void> {
  const { deps, plan, undo } = run;
  const newSub = poolSubOf(run, decision);
  // Why there is no account is told already.
  if (newSub === undefined) return;
  const { problems } = await linkAccount({ deps, plan }, { newSub, links, providers: await run.providers() });
  if (problems.length === 0) return;
  const refused = new Set(problems.map(({ of }) => of));
  for (const entry of entriesOf(decision, links)) if (refused.has(entry.provider)) undo.refused(entry);
  const before = endedDecisions(run)[index];
  const told = before?.what === undefined || before.what === '' ? [] : [before.what];
  endAs(run, index, 'failed', [...told, textOf(problems)].join('; '));
}

/** Of an account that was there; whoever is created stays as a whole. */
const entriesOf = ({ sub, name, poolSub }: UserDecision, links: readonly ExternalIdentity[]): UndoEntryOf<'link'>[] =>
  poolSub === undefined ? [] : links.map(({ provider, id }) => ({ kind: 'link', sub, name, poolSub, provider, id }));

const textOf = (problems: readonly IdentityProblem[]): string =>
  problems.map((problem) => `${problemText(problem)}: ${problem.reason}`).join('; ');
