import type { Clock } from '../ports.ts';

/** What passes by itself, and how long it is waited for. */
export interface Passing {
  /** Whether an error is of that kind; any other one is thrown at once. */
  readonly passes: (error: unknown) => boolean;
  readonly patienceMs: number;
  readonly everyMs: number;
}

/** Does work, and again as long as it fails by what passes by itself; the last error is thrown when patience is over. */
export async function againWhile<T>(
  clock: Pick<Clock, 'now' | 'sleep'>,
  { passes, patienceMs, everyMs }: Passing,
  work: () => Promise<T>,
): Promise<T> {
  const until = clock.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!passes(error) || clock.now() >= until) throw error;
    }
    await clock.sleep(everyMs);
  }
}
