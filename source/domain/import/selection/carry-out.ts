import { forEachAtOnce } from '../../concurrency.ts';
import { poolGroups } from '../../listing/pool-groups.ts';
import type { PoolGroup } from '../../model.ts';
import type { StepEnd } from '../../state/step.ts';
import { markWriting } from '../plan/restore-head.ts';
import { workInOrder } from '../updates/ordered-window.ts';
import { accountBySub } from '../../listing/account-by-sub.ts';
import { isUnanswered } from '../updates/unanswered.ts';
import { CALLS_AT_A_TIME } from '../updates/update-run.ts';
import { createSelected } from './create-selected.ts';
import { isMade, isWork } from './decisions.ts';
import type { Decision, MembershipDecision } from './decisions.ts';
import { prelinkSelected } from './link-selected.ts';
import { confirmSeen, earlierWrites, recordChanged } from './earlier-writes.ts';
import { overwriteOf, writeOver } from './overwrite.ts';
import type { Overwrite } from './overwrite.ts';
import type { UndoEntry } from './undo-file.ts';
import { withoutTaken } from './taken-aliases.ts';
import { endAs, poolSubOf } from './work-run.ts';
import type { WorkRun } from './work-run.ts';
import { entriesOfGroup, writeGroup } from './write-group.ts';

/** So many decisions share one write of the undo file. */
const BATCH = 100;

/** What stood in the pool just before a batch is written. */
interface Prepared {
  readonly overwrites: ReadonlyMap<number, Overwrite>;
  readonly groups: ReadonlyMap<string, PoolGroup>;
}

/**
 * Carries out what was decided, in its order, a batch at a time: looks once more at what is to be overwritten, stores that
 * in the undo file, then writes. Groups, users and memberships are never in one batch: the later ones need the earlier.
 */
export async function carryOut(run: WorkRun): Promise<StepEnd> {
  const { state, undo, deps, plan, progress } = run;
  await undo.save();
  while (state.done < run.todo.length) {
    if (run.sliceOver()) return 'sliceOver';
    const batch = nextBatch(run);
    const from = state.done;
    if (batch.some((index) => isWork(run.decisions[index] as Decision))) {
      const prepared = await prepare(run, batch);
      await undo.save();
      await markWriting(deps.objects, deps.clock, plan);
      const end = await workInOrder(inTurn(batch), CALLS_AT_A_TIME, {
        from: 0,
        keyOf: (index) => keyOf(run.decisions[index] as Decision),
        work: (index) => carryOutOne(run, index, prepared),
        moved: () => undefined,
        afterEach: () => progress.saveIfDue(),
        stop: run.sliceOver,
      });
      await undo.save();
      if (end === 'sliceOver') return end;
    }
    state.done = from + batch.length;
    progress.saveIfDue();
  }
  return 'moved';
}

const keyOf = (decision: Decision): string => (decision.kind === 'group' ? `group ${decision.group}` : decision.sub);

async function* inTurn(batch: readonly number[]): AsyncGenerator<number, void, undefined> {
  yield* await Promise.resolve(batch);
}

function nextBatch({ state, todo, decisions }: WorkRun): readonly number[] {
  const some = todo.slice(state.done, state.done + BATCH);
  const kindOf = (index: number | undefined): string | undefined => decisions[index ?? -1]?.kind;
  const end = some.findIndex((index) => kindOf(index) !== kindOf(some[0]));
  return end < 0 ? some : some.slice(0, end);
}

async function prepare(run: WorkRun, batch: readonly number[]): Promise<Prepared> {
  const { decisions, deps, plan, undo } = run;
  const overwrites = new Map<number, Overwrite>();
  const isAboutGroups = decisions[batch[0] as number]?.kind === 'group';
  const groups = isAboutGroups ? await poolGroups(deps, plan.newUserPoolId) : new Map<string, PoolGroup>();
  await forEachAtOnce(batch, CALLS_AT_A_TIME, async (index) => {
    const decision = decisions[index] as Decision;
    if (decision.kind !== 'user' || decision.set === undefined || decision.poolSub === undefined) return;
    const account = await accountBySub(deps.pool, plan.newUserPoolId, decision.poolSub);
    if (account === undefined) return;
    const overwrite = overwriteOf(decision, account, earlierWrites(run));
    confirmSeen(run, overwrite.seen);
    for (const entry of overwrite.theirs) recordChanged(run, entry);
    overwrites.set(index, await withoutTaken(run, account, overwrite));
  });
  for (const index of batch) {
    const decision = decisions[index] as Decision;
    for (const entry of overwrites.get(index)?.entries ?? entriesOf(run, decision, groups)) undo.intend(entry);
  }
  return { overwrites, groups };
}

/** What is noted of what is created, of a group's settings, and of a membership of an account that was there. */
function entriesOf(run: WorkRun, decision: Decision, groups: ReadonlyMap<string, PoolGroup>): readonly UndoEntry[] {
  switch (decision.kind) {
    case 'user': {
      const { sub, name } = decision;
      return isMade(decision) ? [{ kind: 'createdUser', sub, name }] : [];
    }
    case 'group':
      return entriesOfGroup(decision, groups.get(decision.group), earlierWrites(run));
    case 'membership':
      return membershipEntries(decision);
  }
}

const membershipEntries = ({ op, poolSub, sub, name, group }: MembershipDecision): readonly UndoEntry[] =>
  op === undefined || poolSub === undefined
    ? []
    : [{ kind: 'membership', sub, name, poolSub, group, before: op === 'remove' }];

async function carryOutOne(run: WorkRun, index: number, { overwrites, groups }: Prepared): Promise<void> {
  const decision = run.decisions[index] as Decision;
  switch (decision.kind) {
    case 'group':
      return writeGroup(run, index, decision, groups.get(decision.group));
    case 'membership':
      return writeMembership(run, index, decision);
    case 'user': {
      if (decision.make !== undefined) return createSelected(run, index, decision, decision.make);
      if (decision.prelink !== undefined) return prelinkSelected(run, index, decision, decision.prelink);
      const overwrite = overwrites.get(index);
      if (overwrite !== undefined) await writeOver(run, index, decision, overwrite);
      else if (decision.set !== undefined) endAs(run, index, 'failed', 'the account is not in the pool any more');
    }
  }
}

async function writeMembership(run: WorkRun, index: number, decision: MembershipDecision): Promise<void> {
  const { deps, plan, writes, undo, accounts } = run;
  const { op, sub, group } = decision;
  if (op === undefined) return;
  if (poolSubOf(run, decision) === undefined) return endAs(run, index, 'failed', 'the user was not created');
  const outcome = await writes.write(decision, (username) =>
    op === 'add'
      ? deps.writer.addUserToGroup(plan.newUserPoolId, username, group)
      : deps.writer.removeUserFromGroup(plan.newUserPoolId, username, group),
  );
  if (outcome === 'done') return accounts.recordMembership(sub, group, true);
  if (isUnanswered(outcome)) return accounts.recordMayBeGiven(sub, group);
  endAs(run, index, 'failed', outcome.refused);
  for (const entry of membershipEntries(decision)) undo.refused(entry);
}
