import { Mark } from '../../comparison/mark.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { placeOf } from '../plan/expected-place.ts';
import type { RestoreUser, UpdateOp } from '../plan/plan-model.ts';
import type { CheckRun } from './check-run.ts';
import { LowWater, OrderedWindow } from '../updates/ordered-window.ts';
import { CALLS_IN_FLIGHT } from '../updates/update-run.ts';
import { hasProblem } from './plan-marks.ts';

/** An object of the plan that holds users or memberships with a problem. */
export interface Source {
  readonly kind: 'chunk' | 'batch';
  readonly key: string;
}

export type Item =
  | { readonly user: RestoreUser; readonly why: string | undefined }
  | { readonly add: UpdateOp & { readonly op: 'add' } };

/**
 * The objects in which users that are missing or differ, and (on request) missing memberships, can be read again; users
 * first. The list follows from the marks alone, so that a position in it is good for as long as they do not change.
 */
export function problemSources(
  { marks, run }: CheckRun,
  of: { readonly memberships: boolean; readonly foreign?: boolean },
): Source[] {
  const chunks = new Set<number>();
  const batches = new Set<number>();
  marks.users.forEach((mark, ordinal) => {
    if (!hasProblem(mark) && !(mark === Mark.foreign && of.foreign === true)) return;
    const { chunk, line } = placeOf(marks.expectedUser(ordinal));
    if (chunk === null) batches.add(line);
    else chunks.add(chunk);
  });
  if (of.memberships) {
    for (const membership of marks.unseenMemberships()) batches.add(marks.expectedMembership(membership).own);
  }
  const { plan } = run;
  return [
    ...plan.chunks.filter(({ index }) => chunks.has(index)).map(({ key }): Source => ({ kind: 'chunk', key })),
    ...plan.batches.filter(({ index }) => batches.has(index)).map(({ key }): Source => ({ kind: 'batch', key })),
  ];
}

/** Users and memberships of an object of the plan. */
export async function* itemsOf(
  { deps }: CheckRun['run'],
  { kind, key }: Source,
): AsyncGenerator<Item, void, undefined> {
  if (kind === 'chunk') {
    for await (const user of readNdjson<RestoreUser>(deps.store, key)) yield { user, why: undefined };
    return;
  }
  for await (const op of readNdjson<UpdateOp>(deps.store, key)) {
    if (op.op === 'create') yield { user: op.user, why: op.why };
    else if (op.op === 'add') yield { add: op };
  }
}

/**
 * Calls `visit` for every user and `add` of the sources, several at once but one user's in order, from the state's
 * position on. True at the end, false when the slice ended before.
 */
export async function walk(
  check: CheckRun,
  sources: readonly Source[],
  visit: (item: Item) => Promise<void>,
): Promise<boolean> {
  const { run, state } = check;
  for (let source = state.walk.source; source < sources.length; source += 1) {
    const from = state.walk.item;
    const ended = new LowWater(from);
    check.flux = () => ({ walk: { source, item: ended.mark } });
    const window = new OrderedWindow(CALLS_IN_FLIGHT);
    let index = 0;
    let whole = true;
    for await (const item of itemsOf(run, sources[source] as Source)) {
      const at = index;
      index += 1;
      if (at < from) continue;
      if (run.over() || window.failed) {
        whole = false;
        break;
      }
      await window.run('user' in item ? item.user.sub : item.add.sub, async () => {
        await visit(item);
        ended.end(at);
      });
      run.saveIfDue();
    }
    await window.drain();
    state.walk = whole ? { source: source + 1, item: 0 } : { source, item: ended.mark };
    check.flux = () => ({});
    if (!whole) {
      await run.save();
      return false;
    }
  }
  return true;
}
