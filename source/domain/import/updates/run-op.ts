import { Fault } from '../../errors.ts';
import type { WriteOutcome } from '../../ports.ts';
import { adviceFor } from '../../state/advice.ts';
import { planKey } from '../plan/plan-model.ts';
import type { PlannedGroup, RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import type { ReleasedBatch } from './batches.ts';
import type { CreateOutcome } from './create-user.ts';
import type { CreationWork } from './creations.ts';
import type { UpdateCounts } from '../plan/updates-state.ts';
import { isUnanswered } from './unanswered.ts';
import { isLeftAlone } from './update-run.ts';
import type { UpdateRun } from './update-run.ts';

/** A user who was never created has no updates; that it is missing is reported once, by the comparison at the end. */
const EXPECTED = new Set(['UserNotFoundException']);

/** Operations of one key run in their order. */
export const opKey = (op: UpdateOp): string =>
  op.op === 'create' ? op.user.sub : op.op === 'group' ? `group ${op.group}` : op.sub;

/** Carries one operation out. Refusals are recorded, never thrown: one user's loss stops nobody else's restore. */
export async function runOp(run: UpdateRun, op: UpdateOp, { key, chunk }: ReleasedBatch): Promise<void> {
  if (op.op === 'group') {
    await run.groupCreation.need(op.group);
    return;
  }
  if (op.op === 'create') {
    await create(run, op.user, op.why, { name: key.slice(key.lastIndexOf('/') + 1), chunk });
    return;
  }
  const leftOut = isLeftAlone(run, op.sub) || run.unsettled.has(op.sub);
  if (op.op === 'disable') {
    if (!leftOut) await disable(run, op);
    return;
  }
  // Without the group there is no membership: the report says so of both.
  if (leftOut || !(await run.groupCreation.need(op.group)))
    run.accounts.recordMembership(op.sub, groupAt(run, op.group).name, false);
  else await addToGroup(run, op);
}

/** Disables the user's account. */
export async function disable(run: UpdateRun, user: Pick<RestoreUser, 'sub' | 'name'>): Promise<void> {
  const { deps, plan, accounts } = run;
  const outcome = await run.writes.write(user, (username) => deps.writer.disableUser(plan.newUserPoolId, username));
  if (outcome === 'done') accounts.recordDisabled(user.sub);
  else if (isUnanswered(outcome)) accounts.recordMayBeDisabled(user.sub);
  settle(run, user, outcome, 'disabled');
}

/** Makes the user's account a member of the group, and records whether Cognito said so. */
export async function addToGroup(run: UpdateRun, op: UpdateOp & { readonly op: 'add' }): Promise<void> {
  const { deps, plan, accounts } = run;
  const { name } = groupAt(run, op.group);
  const outcome = await run.writes.write(op, (username) =>
    deps.writer.addUserToGroup(plan.newUserPoolId, username, name),
  );
  if (isUnanswered(outcome)) accounts.recordMayBeGiven(op.sub, name);
  else accounts.recordMembership(op.sub, name, outcome === 'done');
  settle(run, op, outcome, 'memberships');
}

function groupAt({ groups, plan: { newUserPoolId, restoreId } }: UpdateRun, index: number): PlannedGroup {
  const group = groups[index];
  if (group === undefined)
    throw new Fault(
      'BadState',
      `A batch of the restore ${restoreId} names group ${index}, which its plan does not have. ${adviceFor(planKey(newUserPoolId, restoreId))}`,
    );
  return group;
}

const HELD_BACK = 'TriggersWouldFire';
const heldBackReason = (why: string): string =>
  `${HELD_BACK}: an import job cannot take the user (${why}), and creating it one by one would fire the pool's triggers.`;
/** The reason says that the pool's triggers kept the user from being created; version 2.0.0 gave no more than the name. */
export const isHeldBack = (reason: string): boolean => reason.startsWith(HELD_BACK);

/** Creates the user and records how that went; true when the user exists afterwards. */
export async function create(run: UpdateRun, user: RestoreUser, why: string, work: CreationWork): Promise<boolean> {
  if (!run.plan.mayCreateUsers) {
    run.heldBack.add(user.sub);
    run.failures.add({ sub: user.sub, name: user.name, kind: 'blocked', reason: heldBackReason(why) });
    return false;
  }
  return recordCreation(run, user, why, await run.creations.create(user, work));
}

/** Records how a user came or did not; true when the user exists. */
export function recordCreation(run: UpdateRun, user: RestoreUser, why: string, outcome: CreateOutcome): boolean {
  const about = { sub: user.sub, name: user.name };
  if (outcome === 'existed') return true;
  if (outcome === 'collision') return collide(run, user);
  if (outcome === 'done' || 'noPassword' in outcome) {
    run.state.counts.usersCreated += 1;
    run.failures.add({ ...about, kind: 'created', reason: why });
    if (outcome !== 'done') run.failures.add({ ...about, kind: 'password', reason: outcome.noPassword });
    return true;
  }
  run.state.counts.refused += 1;
  run.failures.add({ ...about, kind: 'create', reason: outcome.refused });
  // Whoever may be there all the same is tried once more after the comparison.
  if (!isUnanswered(outcome)) run.refused.add(user.sub);
  return false;
}

/** Records that somebody else has the user's name; nothing of that user is touched from now on. */
export function collide(run: UpdateRun, { sub, name }: RestoreUser): false {
  run.state.counts.refused += 1;
  run.failures.add({ sub, name, kind: 'create', reason: 'NameCollision' });
  run.collisions.add(sub);
  return false;
}

/** Counts what was written for a user, or records that Cognito refused it. */
export function settle(
  run: UpdateRun,
  { sub, name }: { readonly sub: string; readonly name: string },
  outcome: WriteOutcome,
  counted: keyof UpdateCounts,
): void {
  const { counts } = run.state;
  if (outcome === 'done') {
    counts[counted] += 1;
  } else if (!EXPECTED.has(outcome.refused)) {
    counts.refused += 1;
    run.failures.add({ sub, name, kind: 'update', reason: outcome.refused });
  }
}
