import type { WorkMessage } from '../../ports.ts';
import { doneKey, donePrefix, isPut, readBatch } from './plan-batches.ts';
import type { PlanBatch } from './plan-batches.ts';
import type { CleanUp } from './state.ts';
import { orGiveUp, readStoredPlan } from './stored-plan.ts';

const MESSAGES_AT_A_TIME = 10;
const RECEIVE_WAIT_SECONDS = 1;

/**
 * Carries the plan out. Messages on the export queue name its batches; the plan and its done markers are the truth: a
 * message of another run or of a batch that is done is dropped, and what no message asks for is done all the same.
 */
export async function applyPlan({ deps, run, progress, sliceOver }: CleanUp): Promise<void> {
  const { batches } = await orGiveUp({ objects: deps.objects, run }, () => readStoredPlan(deps.objects, run.id));
  const open = new Map(batches.map((batch) => [batch.key, batch]));
  const markers = new Map(batches.map((batch) => [doneKey(run.id, batch), batch]));
  for await (const key of deps.objects.list(donePrefix(run.id))) open.delete(markers.get(key)?.key ?? '');
  if (open.size > 0) await deps.queue.send([...open.keys()].map((key): WorkMessage => ({ owner: run.id, key })));
  while (open.size > 0 && !sliceOver()) {
    const received = await deps.queue.receive(MESSAGES_AT_A_TIME, RECEIVE_WAIT_SECONDS);
    const asked = received.filter(({ message }) => message.owner === run.id).map(({ message }) => message.key);
    const todo = received.length > 0 ? new Set(asked) : [...open.keys()].slice(0, MESSAGES_AT_A_TIME);
    // A superseded invocation stops here, before it changes anything.
    await progress.save();
    for (const key of todo) {
      const batch = open.get(key);
      if (batch === undefined) continue;
      await applyBatch({ deps, run }, batch);
      open.delete(key);
    }
    if (received.length > 0) await deps.queue.delete(received);
  }
  if (open.size === 0) progress.state.phase = 'seal';
}

async function applyBatch({ deps, run }: Pick<CleanUp, 'deps' | 'run'>, batch: PlanBatch): Promise<void> {
  const lines = await orGiveUp({ objects: deps.objects, run }, () => readBatch(deps.objects, batch));
  const puts = lines.filter(isPut).map(({ item }) => item);
  const deletes = lines.flatMap((line) => (isPut(line) ? [] : [line.delete]));
  if (puts.length > 0) await deps.table.putItems(puts);
  if (deletes.length > 0) await deps.table.deleteItems(deletes);
  await deps.objects.put(doneKey(run.id, batch), '');
}
