import { Mark } from '../../comparison/mark.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { placeOf } from '../plan/expected-place.ts';
import { restoreUserShape, updateOpShape } from '../plan/plan-model.ts';
import type { RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import type { CheckRun } from './check-run.ts';
import { workInOrder } from '../updates/ordered-window.ts';
import { CALLS_AT_A_TIME } from '../updates/update-run.ts';
import { isChanged, isGone, isMembershipLost, needsRepair } from './verdict.ts';
import type { StepEnd } from '../../state/step.ts';

/** An object of the plan that holds users or memberships with a problem. */
export interface Source {
  readonly kind: 'chunk' | 'batch';
  readonly key: string;
}

/** A user with a problem, or an operation that adds a missing membership. */
export type Item =
  | { readonly user: RestoreUser; readonly why: string | undefined }
  | { readonly add: UpdateOp & { readonly op: 'add' } };

/**
 * The objects in which users whom a repair concerns, and (on request) missing memberships, can be read again, or all that
 * the report tells of; users first. The list follows from the marks alone, so that a position in it is good for as long as they do not change.
 */
export function problemSources(
  check: CheckRun,
  of: { readonly memberships: boolean; readonly reported?: boolean },
): Source[] {
  const { marks } = check;
  const batches = new Set<number>();
  if (of.memberships) {
    for (const membership of marks.unseenMemberships())
      if (of.reported === true || isMembershipLost(check, membership))
        batches.add(marks.expectedMembership(membership).own);
  }
  const isReported = (mark: number, ordinal: number): boolean =>
    mark === Mark.foreign || isGone(check, ordinal) || isChanged(check, ordinal);
  const concerns = (mark: number, ordinal: number): boolean =>
    needsRepair(check, ordinal) || (of.reported === true && isReported(mark, ordinal));
  return userSources(check, concerns, batches);
}

/** The objects that hold the users of such marks, and the batches of `others`. */
export function userSources(
  { marks, run: { plan } }: Pick<CheckRun, 'marks' | 'run'>,
  concerned: (mark: number, ordinal: number) => boolean,
  others: Iterable<number> = [],
): Source[] {
  const chunks = new Set<number>();
  const batches = new Set(others);
  marks.users.forEach((mark, ordinal) => {
    if (!concerned(mark, ordinal)) return;
    const { chunk, line } = placeOf(marks.expectedUser(ordinal));
    if (chunk === null) batches.add(line);
    else chunks.add(chunk);
  });
  return [
    ...plan.chunks.filter(({ index }) => chunks.has(index)).map(({ key }): Source => ({ kind: 'chunk', key })),
    ...plan.batches.filter(({ index }) => batches.has(index)).map(({ key }): Source => ({ kind: 'batch', key })),
  ];
}

/** All that the report tells of, with the ordinal of its user. */
export async function* reportedItems(
  check: CheckRun,
): AsyncGenerator<{ readonly item: Item; readonly ordinal: number; readonly sub: string; readonly name: string }> {
  for (const source of problemSources(check, { memberships: true, reported: true }))
    for await (const item of itemsOf(check.run, source)) {
      const { sub, name } = 'user' in item ? item.user : item.add;
      const ordinal = check.marks.ordinalOf(name);
      if (ordinal !== undefined) yield { item, ordinal, sub, name };
    }
}

/** Users and memberships of an object of the plan. */
export async function* itemsOf(
  { deps }: CheckRun['run'],
  { kind, key }: Source,
): AsyncGenerator<Item, void, undefined> {
  if (kind === 'chunk') {
    for await (const user of readNdjson(deps.objects, key, restoreUserShape)) yield { user, why: undefined };
    return;
  }
  for await (const op of readNdjson(deps.objects, key, updateOpShape)) {
    if (op.op === 'create') yield { user: op.user, why: op.why };
    else if (op.op === 'add') yield { add: op };
  }
}

/**
 * Calls `visit` for every user and `add` of the sources, several at once but one user's in order, from the state's
 * position on.
 */
export async function walk(
  { run, state }: CheckRun,
  sources: readonly Source[],
  visit: (item: Item) => Promise<void>,
): Promise<StepEnd> {
  for (let source = sources[state.walk.source]; source !== undefined; source = sources[state.walk.source]) {
    const place = state.walk;
    const end = await workInOrder(itemsOf(run, source), CALLS_AT_A_TIME, {
      from: place.item,
      keyOf: (item) => ('user' in item ? item.user.sub : item.add.sub),
      work: visit,
      moved: (done) => {
        place.item = done;
      },
      afterEach: () => run.progress.saveIfDue(),
      stop: run.sliceOver,
    });
    if (end === 'sliceOver') {
      await run.progress.save();
      return end;
    }
    state.walk = { source: place.source + 1, item: 0 };
  }
  return 'moved';
}
