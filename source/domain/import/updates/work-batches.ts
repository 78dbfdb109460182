import { forEachAtOnce } from '../../concurrency.ts';
import { blockedKey, chunkAccountShape } from '../plan/jobs-state.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import { takeMessages } from '../plan/messages.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { updateOpShape } from '../plan/plan-model.ts';
import { readList } from '../../state/stored-list.ts';
import { subShape } from '../../state/shape.ts';
import type { StepEnd } from '../../state/step.ts';
import { releasedBatches } from './batches.ts';
import type { ReleasedBatch } from './batches.ts';
import { workInOrder } from './ordered-window.ts';
import { markWriting } from '../plan/restore-head.ts';
import { opKey, runOp } from './run-op.ts';
import { CALLS_AT_A_TIME } from './update-run.ts';
import type { UpdateRun } from './update-run.ts';

type LaneName = 'chunks' | 'once';

/**
 * Works off released batches, those of finished chunks and those that wait for none in turn, and creates groups ahead
 * all the while. Moved: everything that is released is done and all groups exist.
 */
export async function workBatches(run: UpdateRun, jobs: JobsState): Promise<StepEnd> {
  const lanes = releasedBatches(run.plan, jobs);
  await takeResults(run, jobs);
  if (nextLane(run, lanes) === undefined && run.groupCreation.done) return 'moved';
  if (run.sliceOver()) return 'sliceOver';
  await markWriting(run.deps.objects, run.deps.clock, run.plan);
  const createGroups = (failed: () => boolean): Promise<void> =>
    run.groupCreation.runAhead(
      () => failed() || run.sliceOver(),
      () => run.progress.saveIfDue(),
    );
  const work = [createGroups, () => workLanes(run, lanes)];
  await forEachAtOnce(work, work.length, (part, failed) => part(failed));
  await run.progress.save();
  return nextLane(run, lanes) === undefined && run.groupCreation.done ? 'moved' : 'sliceOver';
}

type Lanes = Readonly<Record<LaneName, readonly ReleasedBatch[]>>;

/**
 * Turn by turn, a finished chunk's batch first: the members of the smallest groups come back at once, and users who are
 * created one by one do not wait until all memberships of the others are made.
 */
function nextLane({ state }: UpdateRun, lanes: Lanes): LaneName | undefined {
  const left = (['chunks', 'once'] as const).filter((name) => state[name].batch < lanes[name].length);
  return left.length === 2 && state.once.batch < state.chunks.batch ? 'once' : left[0];
}

async function workLanes(run: UpdateRun, lanes: Lanes): Promise<void> {
  for (let name = nextLane(run, lanes); name !== undefined && !run.sliceOver(); name = nextLane(run, lanes)) {
    await workBatch(run, name, lanes[name][run.state[name].batch] as ReleasedBatch);
    await takeMessages(run.deps.updates);
  }
}

async function workBatch(run: UpdateRun, lane: LaneName, batch: ReleasedBatch): Promise<void> {
  const place = run.state[lane];
  const end = await workInOrder(readNdjson(run.deps.objects, batch.key, updateOpShape), CALLS_AT_A_TIME, {
    from: place.op,
    keyOf: opKey,
    work: (op) => runOp(run, op, batch),
    moved: (done) => {
      place.op = done;
    },
    afterEach: () => run.progress.saveIfDue(),
    stop: run.sliceOver,
  });
  if (end === 'moved') Object.assign(place, { batch: place.batch + 1, op: 0 });
}

/** What the import jobs found out about accounts: whose they are, who has none, and whose is not known yet. */
async function takeResults(
  { plan, deps, state, accounts, collisions, unsettled }: UpdateRun,
  jobs: JobsState,
): Promise<void> {
  const recorded = state.chunksRecorded ?? 0;
  for (const [index, { chunk, blocked, accountsKey }] of jobs.finished.entries()) {
    if (blocked > 0)
      for (const sub of await readList(deps.objects, blockedKey(plan.newUserPoolId, plan.restoreId, chunk), subShape))
        collisions.add(sub);
    if (accountsKey === undefined) continue;
    for await (const { sub, newSub, at } of readNdjson(deps.objects, accountsKey, chunkAccountShape))
      if (newSub === undefined) unsettled.add(sub);
      else if (index >= recorded) accounts.recordMade(sub, { newSub, at: at ?? 0, by: 'import' });
  }
  state.chunksRecorded = jobs.finished.length;
}
