import { restoreFolder } from '../plan/plan-model.ts';
import { findAccounts, newAccountLook } from './find-accounts.ts';
import type { Decision } from './decisions.ts';
import { lookOn } from './look-on.ts';
import type { WorkRun } from './work-run.ts';

/**
 * Looks for the accounts that have the names of those whom import jobs were to bring, as far as the work is about them; false
 * when the invocation should return before all were looked for.
 */
export async function findImported(
  run: Pick<WorkRun, 'plan' | 'progress' | 'deps' | 'decisions' | 'sliceOver'>,
): Promise<boolean> {
  const { plan, progress, deps, decisions, sliceOver } = run;
  const { state } = progress;
  const some = state.only?.map((index) => decisions[index] as Decision) ?? decisions;
  const wanted = some.flatMap((decision) =>
    decision.kind === 'user' && decision.make?.row !== undefined ? [{ subs: [], name: decision.make.user.name }] : [],
  );
  const prefix = `${restoreFolder(plan.newUserPoolId, plan.restoreId)}spool/settled/${deps.claim}-`;
  const found = await lookOn(run, state.accountLook ?? newAccountLook(), {
    round: (look) => findAccounts(look, wanted, { target: plan, prefix, stop: sliceOver }, deps),
    keep: (look) => {
      state.accountLook = look;
    },
  });
  if (found === undefined) return false;
  state.settled = [...found.parts];
  delete state.accountLook;
  state.phase = 'work';
  await progress.save();
  return true;
}
