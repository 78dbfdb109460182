import { Fault } from '../../errors.ts';
import type { UserPoolWriter, WriteOutcome } from '../../ports.ts';
import { adviceFor } from '../../state/stored-shapes.ts';
import { planKey } from '../plan/plan-model.ts';
import type { PlannedGroup, RestorePlan, RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import { createUser } from './create-user.ts';
import type { CreateOutcome, CreateUserDeps } from './create-user.ts';
import type { Failure } from '../plan/failures.ts';
import type { GroupCreation } from './group-creation.ts';
import type { UpdateCounts } from '../plan/updates-state.ts';

export interface OpDeps extends CreateUserDeps {
  readonly writer: CreateUserDeps['writer'] & Pick<UserPoolWriter, 'disableUser' | 'addUserToGroup'>;
  readonly groupCreation: GroupCreation;
  readonly groups: readonly PlannedGroup[];
  readonly fail: (failure: Failure) => void;
  readonly count: (what: keyof UpdateCounts) => void;
  /** Subs of users whose name somebody else has: never touched. */
  readonly collisions: Set<string>;
  /** Subs of users who could not be created: their updates are left out. */
  readonly refused: Set<string>;
}

type CreationDeps = Omit<OpDeps, 'groups' | 'groupCreation'>;

/** A user who was never created has no updates; that it is missing is reported once, by the comparison at the end. */
const EXPECTED = new Set(['UserNotFoundException']);

/** Operations of one key run in their order. */
export const opKey = (op: UpdateOp): string =>
  op.op === 'create' ? op.user.sub : op.op === 'group' ? `group ${op.group}` : op.sub;

/** Carries one operation out. Refusals are recorded, never thrown: one user's loss stops nobody else's restore. */
export async function runOp(plan: RestorePlan, op: UpdateOp, deps: OpDeps): Promise<void> {
  if (op.op === 'group') return deps.groupCreation.need(op.group);
  if (op.op === 'create') {
    await create(plan, op.user, op.why, deps);
    return;
  }
  if (deps.collisions.has(op.sub) || deps.refused.has(op.sub)) return;
  const { newUserPoolId } = plan;
  if (op.op === 'disable') return settle(op, await deps.writer.disableUser(newUserPoolId, op.name), 'disabled', deps);
  const group = deps.groups[op.group];
  if (group === undefined)
    throw new Fault(
      'BadState',
      `A batch of the restore ${plan.restoreId} names group ${op.group}, which its plan does not have. ${adviceFor(planKey(newUserPoolId, plan.restoreId))}`,
    );
  await deps.groupCreation.need(op.group);
  return settle(op, await deps.writer.addUserToGroup(newUserPoolId, op.name, group.name), 'memberships', deps);
}

/** Creates the user and records how that went; true when the user exists afterwards. */
export async function create(plan: RestorePlan, user: RestoreUser, why: string, deps: CreationDeps): Promise<boolean> {
  if (!plan.mayCreateUsers) {
    // Whoever may have the name from now on is somebody else.
    deps.collisions.add(user.sub);
    deps.fail({ sub: user.sub, name: user.name, kind: 'blocked', reason: 'TriggersWouldFire' });
    return false;
  }
  return recordCreation(user, why, await createUser(plan, user, deps), deps);
}

/** Records how a user came or did not; true when the user exists. */
export function recordCreation(user: RestoreUser, why: string, outcome: CreateOutcome, deps: CreationDeps): boolean {
  const about = { sub: user.sub, name: user.name };
  if (outcome === 'existed') return true;
  if (outcome === 'collision') return collide(user, deps);
  if (outcome === 'done' || 'noPassword' in outcome) {
    deps.count('usersCreated');
    deps.fail({ ...about, kind: 'created', reason: why });
    if (outcome !== 'done') deps.fail({ ...about, kind: 'password', reason: outcome.noPassword });
    return true;
  }
  deps.count('refused');
  deps.fail({ ...about, kind: 'create', reason: outcome.refused });
  deps.refused.add(user.sub);
  return false;
}

/** Records that somebody else has the user's name; nothing of that user is touched from now on. */
export function collide(
  { sub, name }: RestoreUser,
  { count, fail, collisions }: Pick<OpDeps, 'count' | 'fail' | 'collisions'>,
): false {
  count('refused');
  fail({ sub, name, kind: 'create', reason: 'NameCollision' });
  collisions.add(sub);
  return false;
}

export function settle(
  op: { readonly sub: string; readonly name: string },
  outcome: WriteOutcome,
  counted: keyof UpdateCounts,
  deps: Pick<OpDeps, 'count' | 'fail'>,
): void {
  if (outcome === 'done') {
    deps.count(counted);
  } else if (!EXPECTED.has(outcome.refused)) {
    deps.count('refused');
    deps.fail({ sub: op.sub, name: op.name, kind: 'update', reason: outcome.refused });
  }
}
