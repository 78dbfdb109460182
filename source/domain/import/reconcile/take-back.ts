import { isSeen, Mark } from '../../comparison/mark.ts';
import type { PoolUser } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import type { CheckState } from '../plan/check-state.ts';
import type { CheckRun } from './check-run.ts';
import type { StepEnd } from '../../state/step.ts';
import { unlessUnanswered } from '../updates/unanswered.ts';
import type { UpdateRun } from '../updates/update-run.ts';
import { noteOnce } from './owners.ts';

/** Notes a membership that a write by name gave to somebody else's account. */
export function noteMember({ run, marks, owners, state }: CheckRun, group: string, account: PoolUser): void {
  for (const ordinal of marks.named(account)) {
    const name = marks.nameOf(account, ordinal);
    if (marks.membershipOf(group, name) === undefined) continue;
    const { sub } = marks.expectedUser(ordinal);
    if (run.accounts.newSubOf(sub) === account.sub) continue;
    if (run.accounts.mayBeWritten(sub, group) && owners.reached(sub, account))
      noteOnce(state, { sub: account.sub, username: account.username, oldSub: sub, name, group });
  }
}

/**
 * Users whose name somebody else has, and whose own account no listing shows: reported, and nothing is done for them from
 * now on.
 */
export function blockNamesakes({ run, marks, state }: CheckRun): void {
  for (const [ordinal, name] of state.strangers ?? []) {
    if (isSeen(marks.users[ordinal] as number)) continue;
    marks.users[ordinal] = Mark.foreign;
    const { sub } = marks.expectedUser(ordinal);
    run.collisions.add(sub);
    run.failures.add({ sub, name, kind: 'blocked', reason: 'NameCollision' });
  }
  delete state.strangers;
}

/** Takes back what was done, by name, to accounts of somebody else: memberships, and the disabled flag. */
export async function takeBack({ run, state }: CheckRun): Promise<StepEnd> {
  const { deps } = run;
  const noted = state.toTakeBack ?? [];
  for (let entry = noted[0]; entry !== undefined && !run.sliceOver(); entry = noted[0]) {
    const outcome = await undo(run, entry);
    if (entry.group !== undefined) run.accounts.recordMembership(entry.oldSub, entry.group, false);
    const what = entry.group === undefined ? 'disabled' : 'membership';
    if (outcome === 'done')
      deps.log.info('What had been done by name to the account of somebody else was taken back', { what });
    else
      deps.log.warn('What was done by name to the account of somebody else could not be taken back', {
        what,
        refused: outcome.refused,
      });
    if (outcome === 'done') run.state.counts.takenBack = (run.state.counts.takenBack ?? 0) + 1;
    run.failures.add({
      sub: entry.oldSub,
      name: entry.name,
      kind: 'takenBack',
      reason: outcome === 'done' ? 'done' : outcome.refused,
      ...(entry.group === undefined ? {} : { group: entry.group }),
    });
    noted.shift();
    run.progress.saveIfDue();
  }
  if (noted.length > 0) return 'sliceOver';
  delete state.toTakeBack;
  return 'moved';
}

function undo(
  { deps: { writer, pool, clock }, plan: { newUserPoolId }, state }: UpdateRun,
  { sub, username, group }: NonNullable<CheckState['toTakeBack']>[number],
): Promise<WriteOutcome> {
  const account = state.subsRefused === true ? username : sub;
  return unlessUnanswered({ pool, poolId: newUserPoolId, clock }, () =>
    group === undefined
      ? writer.enableUser(newUserPoolId, account)
      : writer.removeUserFromGroup(newUserPoolId, account, group),
  );
}
