import { Fault } from '../../errors.ts';
import type { ItemKey, WorkMessage } from '../../ports.ts';
import { batchName, deletePlanPrefix, donePrefix, keysInBatch, readKeys } from './delete-plan.ts';
import { adviceFor } from '../../state/advice.ts';
import type { CleanUp } from './state.ts';

const MESSAGES_AT_A_TIME = 10;
const RECEIVE_WAIT_SECONDS = 1;

/**
 * Carries the delete plan out. Messages on the export queue name its batches; the plan and its done markers are the
 * truth: a message of another run or of a batch that is done is dropped, and what no message asks for is done all the same.
 */
export async function deleteGone({ deps, run, progress, sliceOver }: CleanUp): Promise<void> {
  const { state } = progress;
  const [planned, done] = [deletePlanPrefix(run.id), donePrefix(run.id)];
  const open = new Set(Array.from({ length: state.plan?.batches ?? 0 }, (_, index) => planned + batchName(index)));
  if (open.size > 0) for await (const key of deps.objects.list(done)) open.delete(planned + key.slice(done.length));
  if (open.size > 0) await deps.queue.send([...open].map((key): WorkMessage => ({ owner: run.id, key })));
  while (open.size > 0 && !sliceOver()) {
    const received = await deps.queue.receive(MESSAGES_AT_A_TIME, RECEIVE_WAIT_SECONDS);
    const asked = received
      .filter(({ message }) => message.owner === run.id && open.has(message.key))
      .map(({ message }) => message.key);
    const todo = received.length > 0 ? new Set(asked) : [...open].slice(0, MESSAGES_AT_A_TIME);
    // A superseded invocation stops here, before it deletes anything.
    await progress.save();
    for (const key of todo) {
      const keys = await keysOf(deps.objects, key);
      const index = Number.parseInt(key.slice(planned.length), 10);
      if (state.plan === undefined || keys.length !== keysInBatch(state.plan, index))
        throw new Fault(
          'BadState',
          `The object ${key} is damaged: it does not hold the keys that the delete plan of export run ${run.id} counted. ${adviceFor(key)}`,
        );
      await deps.table.deleteItems(keys);
      await deps.objects.put(done + key.slice(planned.length), '');
      open.delete(key);
    }
    if (received.length > 0) await deps.queue.delete(received);
  }
  if (open.size === 0) state.phase = 'snapshot';
}

async function keysOf(objects: Parameters<typeof readKeys>[0], batch: string): Promise<ItemKey[]> {
  const keys: ItemKey[] = [];
  for await (const key of readKeys(objects, [batch])) keys.push(key);
  return keys;
}
