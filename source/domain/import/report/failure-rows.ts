import { isDifferent, isSeen, Mark } from '../../comparison/mark.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { excludedUserShape } from '../plan/plan-model.ts';
import type { PlannedGroup, RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import { Since } from '../reconcile/changed-since.ts';
import { attributesChanged, attributesWrong, flagChanged, flagWrong, isGone } from '../reconcile/verdict.ts';
import { hasNoPassword } from '../reconcile/plan-marks.ts';
import { itemsOf, problemSources } from '../reconcile/walk.ts';
import { lossesOf } from '../plan/attribute-loss.ts';
import { failureShape, failuresPrefix } from '../plan/failures.ts';
import { Bitmap } from '../../digests/digest-table.ts';
import { isHeldBack } from '../updates/run-op.ts';
import type { FailureRow } from '../plan/csv-rows.ts';
import type { UserNotes } from '../reconcile/notes.ts';

/** Names of a user's attributes that differ in the new pool; undefined when they were not looked up. */
export type DifferingAttributes = (user: {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}) => Promise<readonly string[] | undefined>;

const NOTHING = 'nothing';
const CHANGED_SINCE = 'ChangedSince';
const KEPT = 'kept as it was changed';
const GONE = 'not made again; a start with "RecreateMissing": true does it';
const TAKEN_BACK = "taken back from the account that has the name and is not this restore's";
const CREATED = 'created one by one with a permanent random password that nobody knows';
const NEW_STATUS = 'status CONFIRMED; the user sets a password by "forgot password"';
const NO_ADDRESS =
  'status CONFIRMED; no address is verified, so the user cannot sign in before an administrator sets a permanent password or verifies an address';

/**
 * Every user and membership that is not restored exactly as an import job would restore it, with its reason: users left
 * out by rule, missing or different ones, missing memberships, differing groups, what somebody changed since, and users who
 * were created one by one.
 */
export async function* failureRows(
  check: CheckRun,
  notes: ReadonlyMap<number, UserNotes>,
  differing: DifferingAttributes,
): AsyncGenerator<FailureRow, void, undefined> {
  const { run } = check;
  for await (const { sub, name, reason, detail } of readNdjson(
    run.deps.objects,
    run.plan.excludedKey,
    excludedUserShape,
  )) {
    yield {
      sub,
      name,
      line: '',
      reason: `${reason}: ${detail}`,
      instead: NOTHING,
      changed: 'the user is not restored',
    };
  }
  yield* lossRows(check);
  yield* problemRows(check, notes, differing);
  yield* createdRows(check);
  const changed = new Set(check.state.groupsChanged);
  for (const index of check.state.groupProblems) {
    if (changed.has(index)) {
      const { name: group } = run.groups[index] as PlannedGroup;
      yield { sub: '', name: '', line: '', reason: CHANGED_SINCE, instead: KEPT, changed: `group ${group}` };
      continue;
    }
    const refused = run.groupCreation.refusalOf(index);
    yield {
      sub: '',
      name: '',
      line: '',
      reason: refused === undefined ? 'GroupMissingOrDifferent' : `GroupRefused: ${refused}`,
      instead: refused === undefined ? 'updated once' : 'tried once more',
      changed: `group ${(run.groups[index] as PlannedGroup).name}`,
    };
  }
}

/** What users were restored without; of those who are not there it is told that they are missing. */
async function* lossRows({ run, marks }: CheckRun): AsyncGenerator<FailureRow, void, undefined> {
  for await (const { sub, name, attribute, reason, detail } of lossesOf(run.deps.objects, run.plan)) {
    const ordinal = marks.ordinalOf(name);
    if (ordinal === undefined || !isSeen(marks.users[ordinal] as number)) continue;
    yield {
      sub,
      name,
      line: '',
      reason: `${reason}: ${detail}`,
      instead: 'restored without it',
      changed: `different: ${attribute}`,
    };
  }
}

async function* problemRows(
  check: CheckRun,
  notes: ReadonlyMap<number, UserNotes>,
  differing: DifferingAttributes,
): AsyncGenerator<FailureRow, void, undefined> {
  const { marks, run } = check;
  for (const source of problemSources(check, { memberships: true, reported: true })) {
    for await (const item of itemsOf(run, source)) {
      const { sub, name } = 'user' in item ? item.user : item.add;
      const ordinal = marks.ordinalOf(name);
      if (ordinal === undefined) continue;
      const note = notes.get(ordinal) ?? {};
      const row = { sub, name, line: note.row?.line === undefined ? '' : String(note.row.line) };
      if ('user' in item) yield* userRows(check, ordinal, { row, note, user: item.user, differing });
      else yield* membershipRows(check, ordinal, { row, note, add: item.add });
    }
  }
}

interface About {
  readonly row: Pick<FailureRow, 'sub' | 'name' | 'line'>;
  readonly note: UserNotes;
}

function* membershipRows(
  { marks, run, since }: CheckRun,
  ordinal: number,
  { row, note, add }: About & { readonly add: UpdateOp & { readonly op: 'add' } },
): Generator<FailureRow, void, undefined> {
  const group = (run.groups[add.group] as PlannedGroup).name;
  const membership = marks.membershipOf(group, row.name);
  if (membership === undefined || marks.memberships.has(membership)) return;
  const changed = `not a member of the group ${group}`;
  if (since.memberships.has(membership)) {
    yield { ...row, reason: CHANGED_SINCE, instead: KEPT, changed };
    return;
  }
  const refused = run.groupCreation.refusalOf(add.group);
  const reason = !isSeen(marks.users[ordinal] as number)
    ? 'UserNotRestored'
    : refused !== undefined
      ? `GroupRefused: ${refused}`
      : (note.update ?? 'MembershipMissing');
  const instead = note.takenBack?.includes(group) === true ? TAKEN_BACK : NOTHING;
  yield { ...row, reason, instead, changed };
}

async function* userRows(
  check: CheckRun,
  ordinal: number,
  { row, note, user, differing }: About & { readonly user: RestoreUser; readonly differing: DifferingAttributes },
): AsyncGenerator<FailureRow, void, undefined> {
  const mark = check.marks.users[ordinal] as number;
  if (isGone(check, ordinal))
    yield { ...row, reason: CHANGED_SINCE, instead: GONE, changed: 'deleted from the new pool since it was restored' };
  else if (!isSeen(mark))
    yield {
      ...row,
      reason: whyMissing(note, check.run.plan.mayCreateUsers),
      instead: note.create === undefined ? NOTHING : `creating it one by one was refused (${note.create})`,
      changed: 'the user is not restored',
    };
  if (hasNoPassword(mark)) yield passwordRow(row, note);
  if (!isDifferent(mark)) return;
  const attributes = (mark & Mark.attributesDiffer) === 0 ? [] : ((await differing(user)) ?? ['attributes']);
  const enabled = check.since.has(ordinal, Since.disabled) ? 'disabled' : 'enabled';
  const kept = [
    ...(attributesChanged(check, ordinal) ? attributes : []),
    ...(flagChanged(check, ordinal) ? [enabled] : []),
  ];
  if (kept.length > 0)
    yield { ...row, reason: CHANGED_SINCE, instead: KEPT, changed: `changed in the new pool: ${kept.join(' ')}` };
  const wrong = [
    ...(attributesWrong(check, ordinal) ? attributes : []),
    ...(flagWrong(check, ordinal) ? ['enabled'] : []),
  ];
  if (wrong.length > 0)
    yield {
      ...row,
      reason: note.update ?? 'Different',
      instead: 'updated once',
      changed: `different: ${wrong.join(' ')}`,
    };
}

/** What kept an earlier start from creating users says nothing any more once this one may. */
const whyMissing = ({ blocked, row, create }: UserNotes, mayCreateUsers: boolean): string =>
  (blocked !== undefined && mayCreateUsers && isHeldBack(blocked) ? undefined : blocked) ??
  row?.reason ??
  create ??
  'Missing';

const passwordRow = (row: Pick<FailureRow, 'sub' | 'name' | 'line'>, { password }: UserNotes): FailureRow => ({
  ...row,
  reason: password === undefined ? 'no permanent password was set' : `setting the password was refused (${password})`,
  instead: 'created one by one',
  changed: 'the user cannot sign in before an administrator sets a permanent password',
});

/** Once per user, also when a crash recorded it twice; not for those of whom their missing password is told. */
async function* createdRows({ run, marks }: CheckRun): AsyncGenerator<FailureRow, void, undefined> {
  const told = new Bitmap(marks.userCount);
  for await (const key of run.deps.objects.list(failuresPrefix(run.plan.newUserPoolId, run.plan.restoreId))) {
    for await (const { kind, sub, name, reason } of readNdjson(run.deps.objects, key, failureShape)) {
      const ordinal = kind === 'created' ? marks.ordinalOf(name) : undefined;
      const mark = ordinal === undefined ? 0 : (marks.users[ordinal] as number);
      if (ordinal === undefined || told.has(ordinal) || !isSeen(mark) || hasNoPassword(mark)) continue;
      told.set(ordinal);
      yield {
        sub,
        name,
        line: '',
        reason,
        instead: CREATED,
        changed: (mark & Mark.unverified) === 0 ? NEW_STATUS : NO_ADDRESS,
      };
    }
  }
}
