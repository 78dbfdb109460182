import type { Clock, TimeLeft } from '../ports.ts';

/** Work of one invocation, before it returns and the state machine calls again. */
const SLICE_MS = 8 * 60_000;
/** What a last checkpoint and the answer may take. */
const RESERVE_MS = 60_000;

/** True once an invocation that began now should store its progress and return. */
export function workSlice(clock: Pick<Clock, 'now'>, timeLeft: TimeLeft, lengthMs = SLICE_MS): () => boolean {
  const end = clock.now() + lengthMs;
  return () => clock.now() >= end || timeLeft() < RESERVE_MS;
}
