import { accountBySub } from '../../listing/account-by-sub.ts';
import type { PoolUser } from '../../model.ts';
import { isUnanswered } from '../updates/unanswered.ts';
import type { UserDecision } from './decisions.ts';
import { disabling, isChangedSince } from './made-changes.ts';
import { endAs, giveAgain } from './work-run.ts';
import type { WorkRun } from './work-run.ts';

type Make = NonNullable<UserDecision['make']>;

/** Of the journal of what a selection creates one by one. */
const JOURNAL = 'selection';

/**
 * Makes the user: takes the account that an import job made, or creates it, without any message. Whoever else has the name
 * by now is left alone.
 */
export async function createSelected(run: WorkRun, index: number, decision: UserDecision, make: Make): Promise<void> {
  const { undo, plan } = run;
  const { sub, name } = decision;
  const fail = (result: 'failed' | 'collision', what: string): void => {
    endAs(run, index, result, what);
    undo.refused({ kind: 'createdUser', sub, name });
  };
  const before = run.accounts.newSubOf(sub);
  const adopting = (account: PoolUser): void => void isChangedSince(run, decision, account);
  if (await run.imported.has(make)) {
    if (!make.user.enabled && !run.accounts.wasDisabled(sub)) {
      const account = await accountBySub(run.deps.pool, plan.newUserPoolId, run.accounts.newSubOf(sub) ?? '');
      if (account !== undefined) adopting(account);
    }
  } else {
    if (!plan.mayCreateUsers)
      return fail(
        'failed',
        'TriggersWouldFire: creating the user would fire the pool\'s triggers; see "AllowTriggers"',
      );
    const outcome = await run.creations.create(make.user, {
      name: JOURNAL,
      chunk: make.row?.chunk ?? null,
      adopting,
    });
    if (outcome === 'collision') return fail('collision', 'another account took the sign-in name meanwhile');
    if (typeof outcome === 'object' && 'refused' in outcome) {
      if (isUnanswered(outcome)) return endAs(run, index, 'failed', 'Cognito did not answer; start again');
      return fail('failed', outcome.refused);
    }
    if (typeof outcome === 'object')
      endAs(run, index, 'failed', `created, but without a password: ${outcome.noPassword}`);
  }
  giveAgain(run, sub, before);
  if (!make.user.enabled) await disable(run, index, make);
}

/** Once: whoever is enabled again since was so by somebody's hand. */
async function disable(run: WorkRun, index: number, { user }: Make): Promise<void> {
  if (run.accounts.wasDisabled(user.sub)) return;
  const outcome = await run.writes.write(user, (username) =>
    run.deps.writer.disableUser(run.plan.newUserPoolId, username),
  );
  if (outcome === 'done') {
    run.accounts.recordDisabled(user.sub);
    run.accounts.recordConfirmed(disabling(user.sub, run.accounts), run.deps.clock.now());
  } else if (isUnanswered(outcome)) run.accounts.recordMayBeDisabled(user.sub);
  else endAs(run, index, 'failed', `disable: ${outcome.refused}`);
}
