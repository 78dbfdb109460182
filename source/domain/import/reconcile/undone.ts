import { isMissing, isSeen, Mark } from '../../comparison/mark.ts';
import { Bitmap } from '../../digests/digest-table.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { placeOf } from '../plan/expected-place.ts';
import { updateOpShape } from '../plan/plan-model.ts';
import type { PlannedGroup, UpdateOp } from '../plan/plan-model.ts';
import { Since } from './changed-since.ts';
import type { CheckRun } from './check-run.ts';
import { readNotes } from './notes.ts';
import type { UserNotes } from './notes.ts';
import { attributesChanged, flagChanged, flagDiffers, isGone, isMembershipLost } from './verdict.ts';

/**
 * What the last look did not show although Cognito had answered our write of it as done. Listings lag behind: only what two
 * looks a while apart do not show was undone by somebody.
 */
export interface Undone {
  /** Ordinals of users whose account is missing, or whose flag is another one. */
  readonly accounts: readonly number[];
  readonly flags: readonly number[];
  /** Indexes of groups that are missing or differ. */
  readonly groups: readonly number[];
  /** Ordinals of missing memberships, and the groups that they are of. */
  readonly memberships: Bitmap;
  readonly memberGroups: readonly number[];
}

/** What seems undone and was not judged yet; undefined when there is nothing. */
export async function seemsUndone(check: CheckRun): Promise<Undone | undefined> {
  const { marks, run, state } = check;
  const wasMade = await recordsOf(check);
  const accounts: number[] = [];
  const flags: number[] = [];
  for (let ordinal = 0; ordinal < marks.userCount; ordinal += 1) {
    const mark = marks.users[ordinal] as number;
    if (isMissing(mark)) {
      if (!run.recreateMissing && !isGone(check, ordinal) && wasMade(ordinal)) accounts.push(ordinal);
    } else if (flagDiffers(check, ordinal) && !flagChanged(check, ordinal) && wasFlagged(check, ordinal))
      flags.push(ordinal);
  }
  const groups = state.groupProblems.filter(
    (index) => run.groupCreation.isAsPlanned(index) && !(state.groupsChanged ?? []).includes(index),
  );
  const memberships = new Bitmap(marks.membershipCount);
  const memberGroups = new Set<number>();
  await eachLostMembership(check, (membership, op) => {
    if (!wasGiven(check, op, [...groups, ...(state.groupsChanged ?? [])], new Set(accounts))) return;
    memberships.set(membership);
    memberGroups.add(op.group);
  });
  if (accounts.length + flags.length + groups.length + memberGroups.size === 0) return undefined;
  return { accounts, flags, groups, memberships, memberGroups: [...memberGroups].sort((one, two) => one - two) };
}

/** After the second look: what still seems undone was changed by somebody. */
export function keepAsChanged({ since, state, marks }: CheckRun, undone: Undone): void {
  for (const ordinal of undone.accounts) since.set(ordinal, Since.account);
  for (const ordinal of undone.flags) since.set(ordinal, Since.flag);
  for (const membership of marks.unseenMemberships())
    if (undone.memberships.has(membership)) since.memberships.set(membership);
  state.groupsChanged = [...(state.groupsChanged ?? []), ...undone.groups];
}

/** Our next write to a user can move the date, or be later than it: what a look tells of attributes is kept. */
export function keepChangedAttributes(check: CheckRun): void {
  const { marks, since } = check;
  for (let ordinal = 0; ordinal < marks.userCount; ordinal += 1)
    if (attributesChanged(check, ordinal)) since.set(ordinal, Since.attributes);
}

/** We only ever disable: a user who should be enabled and is not was disabled by somebody. */
function wasFlagged({ marks, run, since }: CheckRun, ordinal: number): boolean {
  const expected = marks.expectedUser(ordinal);
  return since.has(ordinal, Since.disabled) || run.accounts.wasDisabled(expected.sub);
}

/** A membership went with its account or its group, or was given to an account that is there without it. */
function wasGiven(
  check: CheckRun,
  { sub, name, group }: UpdateOp & { readonly op: 'add' },
  groups: readonly number[],
  accounts: ReadonlySet<number>,
): boolean {
  const { marks, run } = check;
  const ordinal = marks.ordinalOf(name);
  if (ordinal === undefined || marks.users[ordinal] === Mark.foreign) return false;
  if (accounts.has(ordinal) || isGone(check, ordinal)) return true;
  if (!isSeen(marks.users[ordinal] as number)) return false;
  return groups.includes(group) || run.accounts.wasGiven(sub, (run.groups[group] as PlannedGroup).name);
}

/** Reads again which memberships are missing that nobody is known to have removed. */
export async function eachLostMembership(
  check: CheckRun,
  visit: (membership: number, op: UpdateOp & { readonly op: 'add' }) => void,
): Promise<void> {
  const { marks, run } = check;
  const batches = new Set<number>();
  for (const membership of marks.unseenMemberships())
    if (isMembershipLost(check, membership)) batches.add(marks.expectedMembership(membership).own);
  for (const { index, key } of run.plan.batches) {
    if (!batches.has(index)) continue;
    for await (const op of readNdjson(run.deps.objects, key, updateOpShape)) {
      if (op.op !== 'add') continue;
      const membership = marks.membershipOf((run.groups[op.group] as PlannedGroup).name, op.name);
      if (membership !== undefined && isMembershipLost(check, membership)) visit(membership, op);
    }
  }
}

/** Whether this restore made the account of a missing user, as far as its records tell. */
async function recordsOf(check: CheckRun): Promise<(ordinal: number) => boolean> {
  const { marks, run } = check;
  if (marks.countUsers(isMissing) === 0) return () => false;
  const notes = await readNotes(run, marks);
  const finished = new Set(run.jobs.finished.map(({ chunk }) => chunk));
  const imported = (chunk: number | null, { row }: UserNotes): boolean =>
    chunk !== null && finished.has(chunk) && row === undefined;
  return (ordinal) => {
    const expected = marks.expectedUser(ordinal);
    const note = notes.get(ordinal) ?? {};
    return (
      run.accounts.newSubOf(expected.sub) !== undefined ||
      note.created !== undefined ||
      imported(placeOf(expected).chunk, note)
    );
  };
}
