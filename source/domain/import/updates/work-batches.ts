import { forEachAtOnce } from '../../concurrency.ts';
import { blockedKey } from '../plan/jobs-state.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import { takeMessages } from '../plan/messages.ts';
import { readNdjson } from '../../state/ndjson.ts';
import type { UpdateOp } from '../plan/plan-model.ts';
import { readList } from '../../state/stored-list.ts';
import { releasedBatches } from './batches.ts';
import type { ReleasedBatch } from './batches.ts';
import { LowWater, OrderedWindow } from './ordered-window.ts';
import { markWriting } from '../plan/restore-head.ts';
import { opKey, runOp } from './run-op.ts';
import { CALLS_IN_FLIGHT } from './update-run.ts';
import type { UpdateRun } from './update-run.ts';

type LaneName = 'chunks' | 'once';

/**
 * Works off released batches, those of finished chunks and those that wait for none in turn, and creates groups ahead
 * all the while. True when everything that is released is done and all groups exist.
 */
export async function workBatches(run: UpdateRun, jobs: JobsState): Promise<boolean> {
  const lanes = releasedBatches(run.plan, jobs);
  await blockUsers(run, jobs);
  if (nextLane(run, lanes) === undefined && run.groupCreation.done) return true;
  if (run.over()) return false;
  await markWriting(run.deps.store, run.deps.clock, run.plan);
  const createGroups = (failed: () => boolean): Promise<void> =>
    run.groupCreation.runAhead(
      () => failed() || run.over(),
      () => run.saveIfDue(),
    );
  const work = [createGroups, () => workLanes(run, lanes)];
  await forEachAtOnce(work, work.length, (part, failed) => part(failed));
  await run.save();
  return nextLane(run, lanes) === undefined && run.groupCreation.done;
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
  for (let name = nextLane(run, lanes); name !== undefined && !run.over(); name = nextLane(run, lanes)) {
    await workBatch(run, name, lanes[name][run.state[name].batch] as ReleasedBatch);
    await takeMessages(run.deps.updates);
  }
}

async function workBatch(run: UpdateRun, lane: LaneName, batch: ReleasedBatch): Promise<void> {
  const from = run.state[lane];
  const ended = new LowWater(from.op);
  run.progress = (state) => ({ ...state, [lane]: { batch: from.batch, op: ended.mark } });
  const window = new OrderedWindow(CALLS_IN_FLIGHT);
  let ops = 0;
  let whole = true;
  for await (const op of readNdjson<UpdateOp>(run.deps.store, batch.key)) {
    const index = ops;
    ops += 1;
    if (index < from.op) continue;
    if (run.over() || window.failed) {
      whole = false;
      break;
    }
    await window.run(opKey(op), async () => {
      await runOp(run.plan, op, run.opDeps);
      ended.end(index);
    });
    run.saveIfDue();
  }
  await window.drain();
  run.progress = (state) => state;
  run.change({ [lane]: whole ? { batch: from.batch + 1, op: 0 } : { batch: from.batch, op: ended.mark } });
}

/** Users that the import jobs reported as not ours or not to be created. */
async function blockUsers(run: UpdateRun, jobs: JobsState): Promise<void> {
  for (const { chunk, blocked } of jobs.finished) {
    if (blocked === 0) continue;
    const subs = await readList<string>(run.deps.store, blockedKey(run.plan.newUserPoolId, run.plan.restoreId, chunk));
    for (const sub of subs) run.collisions.add(sub);
  }
}
