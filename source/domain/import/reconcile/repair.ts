import { contentMark, isMissing, Mark } from '../../comparison/mark.ts';
import type { Attributes } from '../../model.ts';
import type { WriteOutcome } from '../../ports.ts';
import type { PlannedGroup, RestoreUser } from '../plan/plan-model.ts';
import { repairJournal } from '../plan/updates-state.ts';
import { placeOf } from '../plan/expected-place.ts';
import type { CreationWork } from '../updates/creations.ts';
import { isAboutAttributes } from '../updates/lessened.ts';
import { listedUsers } from '../updates/listed-user.ts';
import { addToGroup, create, disable, recordCreation, settle } from '../updates/run-op.ts';
import { isLeftAlone } from '../updates/update-run.ts';
import { markWriting } from '../plan/restore-head.ts';
import type { StepEnd } from '../../state/step.ts';
import type { CheckRun } from './check-run.ts';
import { changeDated, Since } from './changed-since.ts';
import { forgetMemberships } from './made-again.ts';
import { hasNoPassword, setForeign } from './plan-marks.ts';
import { attributesWrong, isMembershipLost, needsRepair } from './verdict.ts';
import { problemSources, walk } from './walk.ts';

/** Changing these could send a verification message to the user. */
const CONTACT = new Set(['email', 'email_verified', 'phone_number', 'phone_number_verified']);

/**
 * Puts right, once, what the comparison found and nobody changed since: groups, users that nobody tried to create one by one yet, passwords that
 * were not set, attributes that may be changed without a message, disabled flags and memberships. The marks stay as they
 * are: the comparison that follows looks at everybody again.
 */
export async function repair(check: CheckRun): Promise<StepEnd> {
  const { run, marks, state } = check;
  await markWriting(run.deps.objects, run.deps.clock, run.plan);
  const kept = new Set(state.groupsChanged);
  for (const index of state.groupProblems.filter((problem) => !kept.has(problem))) await run.groupCreation.again(index);
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
    if (membership === undefined || !isMembershipLost(check, membership)) return;
    // Whose account it is, the comparison or the repair of the user has found out by now.
    if (run.accounts.newSubOf(sub) === undefined) return;
    if (await run.groupCreation.need(item.add.group)) await addToGroup(run, item.add);
  });
  if (end === 'moved') setForeign(marks, run.collisions, run.heldBack);
  return end;
}

async function repairUser(check: CheckRun, user: RestoreUser, ordinal: number, why: string | undefined): Promise<void> {
  if (!needsRepair(check, ordinal)) return;
  const { run, marks, owners, since } = check;
  const mark = marks.users[ordinal] as number;
  const { plan, deps } = run;
  const expected = marks.expectedUser(ordinal);
  const work: CreationWork = { ...repairJournal(run.state), chunk: placeOf(expected).chunk };
  let attributesAreWrong = attributesWrong(check, ordinal);
  // A listing may show a user late, and since the last execution an administrator may have set the password: look again.
  const found = isMissing(mark) || hasNoPassword(mark) ? await listedUsers(deps.pool, plan, user.name) : [];
  // One that an import job is known to have made is on record from now on.
  const account = found.find((one) => owners.recognize(marks, one, [ordinal]) === ordinal) ?? found[0];
  if (isMissing(mark)) {
    const cause = why ?? 'MissingAfterImport';
    if (account === undefined) since.begin(ordinal);
    if (account === undefined || owners.takeMadeAgain(ordinal)) forgetMemberships(run, user);
    const isThere =
      account === undefined
        ? await create(run, user, cause, work)
        : recordCreation(run, user, cause, await run.creations.adopt(user, account, work));
    if (!isThere) return;
    attributesAreWrong =
      account !== undefined &&
      (contentMark(account, expected.contentDigest) & Mark.attributesDiffer) !== 0 &&
      changeDated(account, run.accounts.lastWriteAt(user.sub)) === 'no';
  } else if (account !== undefined) {
    const outcome = await run.creations.adopt(user, account, work);
    if (typeof outcome === 'object' && 'noPassword' in outcome)
      run.failures.add({ sub: user.sub, name: user.name, kind: 'password', reason: outcome.noPassword });
  }
  if (attributesAreWrong) {
    const attributes = changeable(user, plan.schema);
    if (Object.keys(attributes).length > 0) {
      since.set(ordinal, Since.rewritten);
      since.clear(ordinal, Since.attributes);
      settle(run, user, await setAttributes(run, user, attributes), 'attributes');
    }
  }
  if (!user.enabled && !since.has(ordinal, Since.flag | Since.disabled)) await disable(run, user);
}

/** Sets all at once; where Cognito refuses that, one by one, so that a value it does not take costs no other. */
async function setAttributes(
  { deps, plan, writes }: CheckRun['run'],
  user: RestoreUser,
  attributes: Attributes,
): Promise<WriteOutcome> {
  const set = (some: Attributes): Promise<WriteOutcome> =>
    writes.write(user, (username) => deps.writer.updateAttributes(plan.newUserPoolId, username, some));
  let outcome = await set(attributes);
  if (outcome === 'done' || !isAboutAttributes(outcome) || Object.keys(attributes).length === 1) return outcome;
  for (const [name, value] of Object.entries(attributes)) {
    const one = await set({ [name]: value });
    if (one !== 'done') outcome = one;
  }
  return outcome;
}

function changeable(user: RestoreUser, schema: CheckRun['run']['plan']['schema']): Record<string, string> {
  const fixed = new Set(schema.filter(({ mutable }) => !mutable).map(({ name }) => name));
  return Object.fromEntries(Object.entries(user.attributes).filter(([name]) => !CONTACT.has(name) && !fixed.has(name)));
}
