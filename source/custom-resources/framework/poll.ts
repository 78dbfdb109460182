/** Waiting for something that AWS does in its own time. */
import type { Clock } from '../../domain/ports.ts';

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 15_000;
const GROWTH = 1.5;

/** The pauses between looks, and how long to go on. */
export interface PollDeps {
  readonly clock: Pick<Clock, 'sleep'>;
  /** Milliseconds; as in Work. */
  readonly timeLeft: () => number;
}

/** Looks until `look` gives a value; undefined when the time is up before. Looks at least once. */
export async function pollUntil<T>(
  look: () => Promise<T | undefined>,
  { clock, timeLeft }: PollDeps,
): Promise<T | undefined> {
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * GROWTH)) {
    const found = await look();
    if (found !== undefined) return found;
    if (timeLeft() <= pause) return undefined;
    await clock.sleep(pause);
  }
}
