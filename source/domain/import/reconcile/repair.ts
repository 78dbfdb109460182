import { contentMark, isMissing, Mark } from '../../comparison/mark.ts';
import { IMPORTED_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import type { PlannedGroup, RestoreUser } from '../plan/plan-model.ts';
import { adopt, isOurs } from '../updates/create-user.ts';
import { listedUser } from '../updates/listed-user.ts';
import { collide, create, recordCreation, settle } from '../updates/run-op.ts';
import { isLeftAlone } from '../updates/update-run.ts';
import { markWriting } from '../plan/restore-head.ts';
import type { StepEnd } from '../../state/step.ts';
import type { CheckRun } from './check-run.ts';
import { hasNoPassword, hasProblem, setForeign } from './plan-marks.ts';
import { problemSources, walk } from './walk.ts';

/** Changing these could send a verification message to the user. */
const CONTACT = new Set(['email', 'email_verified', 'phone_number', 'phone_number_verified']);

/**
 * Puts right, once, what the comparison found: groups, users that nobody tried to create one by one yet, passwords that
 * were not set, attributes that may be changed without a message, disabled flags and memberships. The marks stay as they
 * are: the comparison that follows looks at everybody again.
 */
export async function repair(check: CheckRun): Promise<StepEnd> {
  const { run, marks, state } = check;
  await markWriting(run.deps.objects, run.deps.clock, run.plan);
  for (const index of state.groupProblems) await run.groupCreation.again(index);
  const end = await walk(check, problemSources(check, { memberships: true }), async (item) => {
    const { name, sub } = 'user' in item ? item.user : item.add;
    const ordinal = marks.ordinalOf(name);
    if (ordinal === undefined || marks.users[ordinal] === Mark.foreign || isLeftAlone(run, sub)) return;
    if ('user' in item) {
      await repairUser(check, item.user, ordinal, item.why);
      return;
    }
    const group = (run.groups[item.add.group] as PlannedGroup).name;
    const membership = marks.membershipOf(group, name);
    if (membership === undefined || marks.memberships.has(membership)) return;
    if (!(await run.groupCreation.need(item.add.group))) return;
    settle(run, item.add, await run.deps.writer.addUserToGroup(run.plan.newUserPoolId, name, group), 'memberships');
  });
  if (end === 'moved') setForeign(marks, run.collisions, run.heldBack);
  return end;
}

async function repairUser(
  { run, marks }: CheckRun,
  user: RestoreUser,
  ordinal: number,
  why: string | undefined,
): Promise<void> {
  const mark = marks.users[ordinal] as number;
  if (!hasProblem(mark)) return;
  const { plan, deps } = run;
  let found = mark;
  // A listing may show a user late, and since the last execution an administrator may have set the password: look again.
  const existing = isMissing(mark) || hasNoPassword(mark) ? await listedUser(deps.pool, plan, user.name) : undefined;
  if (isMissing(mark)) {
    if (!(await bringBack(run, user, existing, why ?? 'MissingAfterImport'))) return;
    if (existing !== undefined) found = contentMark(existing, marks.expectedUser(ordinal).contentDigest);
  } else if (existing !== undefined && isOurs(existing, user)) {
    const outcome = await adopt(plan, user, existing, deps);
    if (typeof outcome === 'object' && 'noPassword' in outcome)
      run.failures.add({ sub: user.sub, name: user.name, kind: 'password', reason: outcome.noPassword });
  }
  if ((found & Mark.attributesDiffer) !== 0) {
    const attributes = changeable(user, plan.schema);
    if (Object.keys(attributes).length > 0)
      settle(run, user, await deps.writer.updateAttributes(plan.newUserPoolId, user.name, attributes), 'attributes');
  }
  if (!user.enabled) settle(run, user, await deps.writer.disableUser(plan.newUserPoolId, user.name), 'disabled');
}

/** True when the missing user is in the pool by now: it was listed late, or is created here. */
async function bringBack(
  run: CheckRun['run'],
  user: RestoreUser,
  existing: PoolUser | undefined,
  why: string,
): Promise<boolean> {
  const { plan, state, deps } = run;
  if (existing === undefined) return create(run, user, why);
  // An import may have changed the form of a value. After the first execution the name may be somebody else's, imported or not.
  const imported = existing.status === IMPORTED_STATUS && state.retries === 0;
  return imported || isOurs(existing, user)
    ? recordCreation(run, user, why, await adopt(plan, user, existing, deps))
    : collide(run, user);
}

function changeable(user: RestoreUser, schema: CheckRun['run']['plan']['schema']): Record<string, string> {
  const fixed = new Set(schema.filter(({ mutable }) => !mutable).map(({ name }) => name));
  return Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !CONTACT.has(name) && !fixed.has(name)));
}
