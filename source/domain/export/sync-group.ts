import * as v from 'valibot';
import { groupItem, keyText } from '../backup/items.ts';
import { groupShape } from '../model.ts';
import type { PoolGroup } from '../model.ts';
import { Ledger } from '../digests/ledger.ts';
import type { Progress } from '../state/progress.ts';
import { listingGroups } from './figures.ts';
import { claimExportProgress, exportLedgerShape } from './progress.ts';
import { isStaged, runGroupsKey, Run } from './run.ts';
import { stagedShape, Staging } from './staging.ts';
import { readList } from '../state/stored-list.ts';
import { countShape } from '../state/shape.ts';
import { workSlice } from '../state/slice.ts';
import { workThenSave } from '../state/step.ts';
import type { StepDeps } from '../state/step.ts';
import { writeChanged } from './write-changed.ts';

/** Name of its checkpoint. */
export const SYNC_GROUP_CHECKPOINT = 'group-sync';
const GROUPS_AT_A_TIME = 100;

export const syncGroupStateShape = v.object({
  /** Groups before this index of the run's list are stored. */
  next: countShape,
  groups: exportLedgerShape,
  /** Absent while the run writes to the table as it lists. */
  staged: v.exactOptional(stagedShape),
  counts: v.object({ added: countShape, changed: countShape }),
  done: v.boolean(),
});
/** Checkpoint of SyncGroup. */
export type SyncGroupState = v.InferOutput<typeof syncGroupStateShape>;

/** What the state machine sees. */
export interface SyncGroupResult {
  readonly done: boolean;
  readonly groups: number;
  readonly added: number;
  readonly changed: number;
}

/** SyncGroup: stages (or, in the first run, writes) the groups that are new or whose description, precedence or role changed. */
export async function syncGroup(deps: StepDeps, runId: string): Promise<SyncGroupResult> {
  const run = await Run.join(deps, runId);
  const groups = await readList(deps.objects, runGroupsKey(runId), groupShape);
  const progress = await claimExportProgress<SyncGroupState>(deps, run, SYNC_GROUP_CHECKPOINT, {
    shape: syncGroupStateShape,
    initial: () => ({ next: 0, groups: [], counts: { added: 0, changed: 0 }, done: false }),
    figures: () => listingGroups(run.facts, { found: groups.length, all: true }),
  });
  const { state } = progress;
  if (!state.done)
    await workThenSave(
      progress,
      () => state.next,
      async () => {
        const ledger = await Ledger.load(deps.objects, 'groups', state.groups);
        const staging = isStaged(run.facts) ? await Staging.load(deps.objects, (state.staged ??= [])) : undefined;
        const appendices = staging === undefined ? [ledger] : [ledger, staging];
        await progress.gather(appendices, () => storeGroups({ deps, run, progress, ledger, staging }, groups));
      },
    );
  return { done: state.done, groups: groups.length, ...state.counts };
}

interface GroupSync {
  readonly deps: StepDeps;
  readonly run: Run;
  readonly progress: Progress<SyncGroupState>;
  readonly ledger: Ledger;
  readonly staging: Staging | undefined;
}

async function storeGroups(
  { deps, run, progress, ledger, staging }: GroupSync,
  groups: readonly PoolGroup[],
): Promise<void> {
  const { state } = progress;
  const sliceOver = workSlice(deps.clock, deps.timeLeft);
  while (state.next < groups.length && !sliceOver()) {
    const items = groups.slice(state.next, state.next + GROUPS_AT_A_TIME).map((group) => groupItem(group, run.id));
    const written = await writeChanged(deps.table, items, staging);
    staging?.add(written.toStage);
    for (const item of items) {
      if (!ledger.add(item)) continue;
      if (written.added.has(keyText(item))) state.counts.added += 1;
      if (written.changed.has(keyText(item))) state.counts.changed += 1;
    }
    state.next += items.length;
    progress.saveIfDue();
  }
  state.done = state.next >= groups.length;
}
