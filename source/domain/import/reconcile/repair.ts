import type { PlannedGroup, RestoreUser } from '../plan-model.ts';
import { create, settle } from '../updates/run-op.ts';
import { markWriting } from '../updates/restore-head.ts';
import type { CheckRun } from './check-run.ts';
import { Mark } from './marks.ts';
import { problemSources, walk } from './walk.ts';

/** Changing these could send a verification message to the user. */
const CONTACT = new Set(['email', 'email_verified', 'phone_number', 'phone_number_verified']);

/**
 * Puts right, once, what the comparison found: groups, users that nobody tried to create one by one yet, attributes that
 * may be changed without a message, disabled flags and memberships. True at the end, false when the slice ended before.
 */
export async function repair(check: CheckRun): Promise<boolean> {
  const { run, marks, state } = check;
  await markWriting(run.deps.store, run.deps.clock, run.plan);
  for (const index of state.groupProblems) {
    const { name, description, precedence } = run.groups[index] as PlannedGroup;
    await run.deps.writer.createGroup(run.plan.newUserPoolId, { name, ...(description === undefined ? {} : { description }), ...(precedence === undefined ? {} : { precedence }) });
  }
  const whole = await walk(check, problemSources(check, { memberships: true }), async (item) => {
    const { name, sub } = 'user' in item ? item.user : item.add;
    const ordinal = marks.ordinalOf(name);
    if (ordinal === undefined || marks.users[ordinal] === Mark.foreign || run.collisions.has(sub) || run.refused.has(sub)) return;
    if ('user' in item) {
      await repairUser(check, item.user, marks.users[ordinal] as number, item.why);
      return;
    }
    const group = (run.groups[item.add.group] as PlannedGroup).name;
    const membership = marks.membershipOf(group, name);
    if (membership === undefined || marks.memberships.has(membership)) return;
    settle(item.add, await run.deps.writer.addUserToGroup(run.plan.newUserPoolId, name, group), 'memberships', run.opDeps);
  });
  if (whole) marks.setForeign(run.collisions);
  return whole;
}

async function repairUser({ run }: CheckRun, user: RestoreUser, mark: number, why: string | undefined): Promise<void> {
  if (mark === Mark.seen) return;
  const missing = (mark & Mark.seen) === 0;
  if (missing && !(await create(run.plan, user, why ?? 'MissingAfterImport', run.opDeps))) return;
  const { newUserPoolId } = run.plan;
  if (!missing && (mark & Mark.attributesDiffer) !== 0) {
    const attributes = changeable(user, run.plan.schema);
    if (Object.keys(attributes).length > 0) settle(user, await run.deps.writer.updateAttributes(newUserPoolId, user.name, attributes), 'attributes', run.opDeps);
  }
  if (!user.enabled) settle(user, await run.deps.writer.disableUser(newUserPoolId, user.name), 'disabled', run.opDeps);
}

function changeable(user: RestoreUser, schema: CheckRun['run']['plan']['schema']): Record<string, string> {
  const fixed = new Set(schema.filter(({ mutable }) => !mutable).map(({ name }) => name));
  return Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !CONTACT.has(name) && !fixed.has(name)));
}
