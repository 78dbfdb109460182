import type { WakeQueue, WorkMessage } from '../../ports.ts';
import type { RestorePlan } from './plan-model.ts';
import { rescueKey } from './jobs-state.ts';
import type { JobsState } from './jobs-state.ts';

const BATCH = 10;
/** More messages than the batches of a million users with three million memberships. */
const MAX_ROUNDS = 1_000;

/**
 * Takes what lies on a queue. The plan and the states in the bucket say what is to be done; a message, its duplicate or
 * one of another restore changes nothing, and a lost one is not missed.
 */
export async function takeMessages(queue: Pick<WakeQueue<WorkMessage>, 'receive' | 'delete'>): Promise<number> {
  const received = await queue.receive(BATCH, 0);
  if (received.length > 0) await queue.delete(received);
  return received.length;
}

/** At the end nothing is left lying: it would move to the dead-letter queue and alarm somebody. */
export async function takeAllMessages(queue: Pick<WakeQueue<WorkMessage>, 'receive' | 'delete'>): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) if ((await takeMessages(queue)) === 0) return;
}

/** One message per batch that the newest finished chunk releases. */
export async function releaseBatches(
  plan: RestorePlan,
  state: JobsState,
  updates: Pick<WakeQueue<WorkMessage>, 'send'>,
): Promise<void> {
  const result = state.finished.at(-1);
  if (result === undefined) return;
  const rescues = Array.from({ length: result.rescueParts }, (_, part) =>
    rescueKey(plan.newUserPoolId, plan.restoreId, result.chunk, part),
  );
  const batches = plan.batches.filter(({ chunk }) => chunk === result.chunk).map(({ key }) => key);
  const messages = [...rescues, ...batches].map((key) => ({ owner: plan.restoreId, key }));
  if (messages.length > 0) await updates.send(messages);
}
