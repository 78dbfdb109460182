import { contentDigest } from '../../backup/hashing.ts';
import { groupItem, groupNameOf, groupOf, itemKind, membershipItem, subOfKey } from '../../backup/items.ts';
import type { ItemKind } from '../../backup/items.ts';
import { countItem, totalOf } from '../../backup/counts.ts';
import { KEPT_NAME } from '../../backup/snapshot/names.ts';
import { isDamaged, ItemTally } from '../../backup/tally.ts';
import { counted } from '../../counted.ts';
import { Fault } from '../../errors.ts';
import type { TableItem } from '../../ports.ts';
import { readStaged, stagedIn, stagedOver } from '../staging.ts';
import type { StagedPart } from '../staging.ts';
import { readKeys } from './gone-keys.ts';
import type { GoneKey } from './gone-keys.ts';
import { KeptItems } from './kept-items.ts';
import { StoredBefore } from './met-items.ts';
import { reportTooLarge } from './report-too-large.ts';
import { isPut, keyOfLine, storeBatches } from './plan-batches.ts';
import type { PlanLine, PlannedPut } from './plan-batches.ts';
import type { SeenByRun } from './seen.ts';
import { StagedIndex } from './staged-index.ts';
import type { CleanUp } from './state.ts';

/** Packed bytes of staged items that are worked on at a time. */
const UNIT_BYTES = 1024 * 1024;
/** KeptItems items that are read at a time. */
const KEPT_AT_A_TIME = 16;

/**
 * Makes the plan of everything that the run changes: what was staged and is not in the table as it is, and what is gone
 * and not kept. Counts, checksums and snapshot are from then on those of the table after the plan. Nothing is changed yet.
 */
export async function planChanges(cleanUp: CleanUp, seen: SeenByRun): Promise<void> {
  const { deps, run, progress, sliceOver } = cleanUp;
  const { state } = progress;
  const tally = new ItemTally(state.stays, run.id);
  const parts = [...seen.staged, ...state.staged];
  const index = await StagedIndex.load(deps.objects, parts);
  const kept = await KeptItems.of(deps.objects, state);
  const before = await StoredBefore.load(deps.objects, state.met, index.size);
  await progress.gather([tally], async () => {
    while (state.plan.next < parts.length && !sliceOver()) {
      const unit = unitOf(parts, state.plan.next);
      let ordinal = stagedIn(parts.slice(0, state.plan.next));
      const puts: PlannedPut[] = [];
      for (const part of unit) {
        for (const staged of await readStaged(deps.objects, part)) {
          if (index.isLast(ordinal) && !before.isSame(ordinal)) puts.push(asPut(staged, before.digestOf(ordinal)));
          ordinal += 1;
        }
      }
      await take(cleanUp, tally, { lines: puts, staying: [] }, () => (state.plan.next += unit.length));
    }
    while (state.plan.nextGone < state.gone.parts.length && !sliceOver()) {
      const { read, ...planned } = await planGone(cleanUp, kept, state.gone.parts[state.plan.nextGone] as string);
      await take(cleanUp, tally, planned, () => {
        state.plan.nextGone += 1;
        state.plan.goneRead += read;
      });
    }
  });
  if (state.plan.next < parts.length || state.plan.nextGone < state.gone.parts.length) return;
  requireAllKeys(cleanUp);
  await reportTooLarge(cleanUp, seen);
  state.phase = 'federated';
  // The snapshot is joined from what the checkpoint names.
  await progress.save();
}

/** Staged parts from there on that are worked on together: many are small. */
function unitOf(parts: readonly StagedPart[], from: number): readonly StagedPart[] {
  let [end, bytes] = [from + 1, (parts[from] as StagedPart).bytes];
  while (end < parts.length && bytes + (parts[end] as StagedPart).bytes <= UNIT_BYTES) {
    bytes += (parts[end] as StagedPart).bytes;
    end += 1;
  }
  return parts.slice(from, end);
}

const asPut = (staged: Omit<PlannedPut, 'before'>, before: string | undefined): PlannedPut => ({
  ...staged,
  ...(before === undefined ? {} : { before }),
});

interface Planned {
  readonly lines: readonly PlanLine[];
  /** Items that stay as they are. */
  readonly staying: readonly TableItem[];
}

/** What becomes of the gone items of one object. */
async function planGone(cleanUp: CleanUp, kept: KeptItems, part: string): Promise<Planned & { readonly read: number }> {
  const lines: PlanLine[] = [];
  const staying: TableItem[] = [];
  let read = 0;
  let some: GoneKey[] = [];
  const look = async (): Promise<void> => {
    for (const planned of await Promise.all(some.map((gone) => planKept(cleanUp, kept, gone)))) {
      lines.push(...planned.lines);
      staying.push(...planned.staying);
    }
    some = [];
  };
  for await (const gone of readKeys(cleanUp.deps.objects, [part])) {
    read += 1;
    if (!kept.has(gone)) lines.push({ delete: { id: gone.id, type: gone.type }, before: gone.before });
    else if (some.push(gone) === KEPT_AT_A_TIME) await look();
  }
  await look();
  return { lines, staying, read };
}

/** A kept item stays as it is, unless it is damaged, or a group that the second listing showed otherwise. */
async function planKept({ deps, run }: CleanUp, kept: KeptItems, { before, ...key }: GoneKey): Promise<Planned> {
  const kind = itemKind(key);
  // Users who were confirmed are counted or staged already.
  if (kind === 'user') return { lines: [], staying: [] };
  const stored = await deps.table.getItem(key);
  const group = kept.groups.get(groupNameOf(key));
  const wanted =
    kind === 'group' && group !== undefined
      ? groupItem(group, run.id)
      : membershipItem(subOfKey(key), groupOf(key), run.id);
  const digest = stored === undefined ? undefined : contentDigest(stored);
  if (stored !== undefined && digest?.toString('hex') === wanted.contentHash && !isDamaged(stored, digest))
    return { lines: [], staying: [stored] };
  return { lines: [asPut(stagedOver(stored, wanted), stored === undefined ? undefined : before)], staying: [] };
}

/** Stores the changes, then notes in one step all that depends on them. */
async function take(
  { deps, run, progress, snapshot }: CleanUp,
  tally: ItemTally,
  { lines, staying }: Planned,
  moved: () => void,
): Promise<void> {
  const { plan } = progress.state;
  const batches = await storeBatches(deps.objects, run.id, plan.batches.length, lines);
  const puts = lines.filter(isPut);
  for (const line of lines) countItem(plan[changeIn(line)], itemKind(keyOfLine(line)) as ItemKind);
  const items = [...staying, ...puts.map(({ item }) => item)];
  for (const item of items) tally.add(item);
  snapshot?.add(KEPT_NAME, items);
  plan.batches.push(...batches);
  moved();
  progress.saveIfDue();
}

const changeIn = (line: PlanLine): 'added' | 'changed' | 'deleted' =>
  isPut(line) ? (line.before === undefined ? 'added' : 'changed') : 'deleted';

function requireAllKeys({ run, progress }: CleanUp): void {
  const { gone, plan } = progress.state;
  if (plan.goneRead === totalOf(gone.counts)) return;
  throw new Fault(
    'BadState',
    `The key lists of export run ${run.id} do not hold ${counted(totalOf(gone.counts), 'key')}, as the scan found; nothing was changed. Start ExportWorkflow again.`,
  );
}
