import { groupOf, itemKind, membershipItem, subOfKey } from '../../backup/items.ts';
import { countItem, noCounts, sumOf, totalOf } from '../../backup/counts.ts';
import type { Counts } from '../../backup/manifest.ts';
import { KEPT_NAME } from '../../backup/snapshot/names.ts';
import { ItemTally } from '../../backup/tally.ts';
import { Fault } from '../../errors.ts';
import type { ItemKey, TableItem } from '../../ports.ts';
import { writeChanged } from '../write-changed.ts';
import { onlyKept, readKeys, storePlan, withoutKept } from './delete-plan.ts';
import type { GuardOptions } from './guard.ts';
import { requireAllowed } from './require-allowed.ts';
import type { SeenByRun } from './seen.ts';
import { keptIn } from './state.ts';
import type { CleanUp } from './state.ts';

/** Decides what is deleted and stores it as batches, if the guards allow it: the plan is binding from then on. */
export async function planDeletes(cleanUp: CleanUp, seen: SeenByRun, options: GuardOptions): Promise<void> {
  const { deps, run, progress, snapshot } = cleanUp;
  const { state } = progress;
  const kept = keptIn(state);
  const goneKeys = (): AsyncIterable<ItemKey> => readKeys(deps.objects, state.gone.parts);
  const wouldDelete = await countKeys(withoutKept(goneKeys(), kept));
  const wouldKeep = await countKeys(onlyKept(goneKeys(), kept));
  if (totalOf(sumOf(wouldDelete, wouldKeep)) !== totalOf(state.gone.counts)) {
    throw new Fault(
      'BadState',
      `The key lists of export run ${run.id} do not hold the ${totalOf(state.gone.counts)} keys that the scan found; nothing was deleted. Start ExportWorkflow again.`,
    );
  }
  await requireAllowed(cleanUp, seen, options, {
    deleted: () => withoutKept(goneKeys(), kept),
    changed: async function* () {},
  });

  const stays = structuredClone(state.stays);
  const tally = new ItemTally(stays, run.id);
  // Confirmed users are counted already; their memberships, and confirmed ones, are not yet.
  const memberships: TableItem[] = [];
  for await (const key of onlyKept(goneKeys(), kept)) {
    if (itemKind(key) !== 'membership') continue;
    const membership = membershipItem(subOfKey(key), groupOf(key), run.id);
    await writeChanged(deps.table, [membership]);
    const stored = (await deps.table.getItem(key)) ?? membership;
    tally.add(stored);
    memberships.push(stored);
  }
  tally.settle();
  state.plan = await storePlan(deps.objects, run.id, withoutKept(goneKeys(), kept));
  // From here to the save nothing waits: what is counted is in the snapshot too.
  state.stays = stays;
  snapshot?.add(KEPT_NAME, memberships);
  state.phase = 'delete';
  // Nothing is deleted before the plan's checkpoint is stored.
  await progress.save();
}

async function countKeys(keys: AsyncIterable<ItemKey>): Promise<Counts> {
  const counts = noCounts();
  for await (const key of keys) {
    const kind = itemKind(key);
    if (kind !== undefined) countItem(counts, kind);
  }
  return counts;
}
