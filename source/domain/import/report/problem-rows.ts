import { isDifferent, isSeen, Mark } from '../../comparison/mark.ts';
import { isPossibleName, POSSIBLE_NAMES } from '../../model.ts';
import type { FailureRow } from '../plan/csv-rows.ts';
import type { PlannedGroup, RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import { Since } from '../reconcile/changed-since.ts';
import type { CheckRun } from '../reconcile/check-run.ts';
import type { UserNotes } from '../reconcile/notes.ts';
import { hasNoPassword } from '../reconcile/plan-marks.ts';
import { attributesChanged, attributesWrong, flagChanged, flagWrong, isGone } from '../reconcile/verdict.ts';
import { reportedItems } from '../reconcile/walk.ts';
import { isHeldBack } from '../updates/run-op.ts';

/** Names of a user's attributes that differ in the new pool; undefined when they were not looked up. */
export type DifferingAttributes = (user: {
  readonly sub: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}) => Promise<readonly string[] | undefined>;

/** Reason of what somebody changed in the new pool after the restore had written it. */
export const CHANGED_SINCE = 'ChangedSince';
/** What was done about it instead of bringing the backup's state back. */
export const KEPT_AS_CHANGED = 'kept as it was changed';
/** Nothing was done in place of what is missing. */
export const NOTHING_INSTEAD = 'nothing';
const GONE = 'not made again; a start with "RecreateMissing": true does it';
const OTHER_ACCOUNT = "the account that has the name and is not this restore's";

/** Why there is no such group, or not as it should be. */
export const groupRefusal = (group: string, refused: string): string =>
  `GroupRefused: ${refused}${isPossibleName(group) ? '' : `; ${POSSIBLE_NAMES}`}`;

/** What became of a group's membership ('': of the disabled flag) that a write by name gave to somebody else's account. */
function takenBack(note: UserNotes, group: string): string | undefined {
  const outcome = note.takenBack?.get(group);
  if (outcome === undefined) return undefined;
  return outcome === 'done'
    ? `taken back from ${OTHER_ACCOUNT}`
    : `NOT taken back (${outcome}) from ${OTHER_ACCOUNT}: do it by hand`;
}

/** Users and memberships that are missing or differ, and what somebody changed since. */
export async function* problemRows(
  check: CheckRun,
  notes: ReadonlyMap<number, UserNotes>,
  differing: DifferingAttributes,
): AsyncGenerator<FailureRow, void, undefined> {
  for await (const { item, ordinal, sub, name } of reportedItems(check)) {
    const note = notes.get(ordinal) ?? {};
    const restored = isSeen(check.marks.users[ordinal] as number) ? ('yes' as const) : ('no' as const);
    const row = { restored, sub, name, line: note.row?.line === undefined ? '' : String(note.row.line) };
    if ('user' in item) yield* userRows(check, ordinal, { row, note, user: item.user, differing });
    else yield* membershipRows(check, ordinal, { row, note, add: item.add });
  }
}

interface About {
  readonly row: Pick<FailureRow, 'restored' | 'sub' | 'name' | 'line'>;
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
    yield { ...row, reason: CHANGED_SINCE, instead: KEPT_AS_CHANGED, changed };
    return;
  }
  const refused = run.groupCreation.refusalOf(add.group);
  const reason = !isSeen(marks.users[ordinal] as number)
    ? 'UserNotRestored'
    : refused !== undefined
      ? groupRefusal(group, refused)
      : (note.update ?? 'MembershipMissing');
  yield { ...row, reason, instead: takenBack(note, group) ?? NOTHING_INSTEAD, changed };
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
      instead:
        takenBack(note, '') ??
        (note.create === undefined ? NOTHING_INSTEAD : `creating it one by one was refused (${note.create})`),
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
    yield {
      ...row,
      reason: CHANGED_SINCE,
      instead: KEPT_AS_CHANGED,
      changed: `changed in the new pool: ${kept.join(' ')}`,
    };
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

const passwordRow = (
  row: Pick<FailureRow, 'restored' | 'sub' | 'name' | 'line'>,
  { password }: UserNotes,
): FailureRow => ({
  ...row,
  reason: password === undefined ? 'no permanent password was set' : `setting the password was refused (${password})`,
  instead: 'created one by one',
  changed: 'the user cannot sign in before an administrator sets a permanent password',
});
