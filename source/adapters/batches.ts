import { Fault } from '../domain/errors.ts';
import type { Clock, Random } from '../domain/ports.ts';
import { random, systemClock } from './clock.ts';

/** Cuts a list into pieces of at most `size`, the largest that one batch call of AWS takes. */
export function inBatchesOf<T>(size: number, values: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}

/** Clock and jitter of the waits between two rounds; the real ones when absent. */
export interface Waits {
  readonly clock?: Pick<Clock, 'sleep'>;
  readonly random?: Random;
}

/** Rounds without any progress after which a batch call gives up; with backoff that is about half a minute. */
const PATIENCE = 10;

/**
 * Sends until nothing is left over: batch calls of AWS answer 200 and return what they did not do.
 * @param send resolves what it did not do
 * @throws Fault Unprocessed with the remaining count
 */
export async function untilProcessed<T>(
  what: string,
  values: readonly T[],
  send: (pending: readonly T[]) => Promise<readonly T[]>,
  { clock = systemClock, random: jitter = random }: Waits = {},
): Promise<void> {
  let pending = values;
  for (let idle = 0; pending.length > 0;) {
    const left = await send(pending);
    if (left.length === 0) return;
    idle = left.length < pending.length ? 0 : idle + 1;
    if (idle >= PATIENCE)
      throw new Fault(
        'Unprocessed',
        `${what}: ${left.length} of ${values.length} were still refused after ${PATIENCE} rounds without progress.`,
      );
    pending = left;
    await clock.sleep(jitter() * Math.min(10_000, 50 * 2 ** (idle + 1)));
  }
}
