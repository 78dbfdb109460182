import pMap from 'p-map';

/**
 * Runs `work` on the values, at most `limit` at the same time, in their order; the next value is only taken when there is
 * room for it. After a failure nothing more is taken (work under way sees that by `failed`), what runs is awaited, and
 * then the first failure is thrown: p-map alone would reject at once, and a caller would store its state while others
 * still change it.
 */
export async function forEachAtOnce<T>(
  values: Iterable<T>,
  limit: number,
  work: (value: T, failed: () => boolean) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  const failed = (): boolean => failures.length > 0;
  const untilFailure = function* (): Generator<T, void, undefined> {
    for (const value of values) {
      yield value;
      if (failed()) return;
    }
  };
  const guarded = async (value: T): Promise<void> => {
    try {
      await work(value, failed);
    } catch (error) {
      failures.push(error);
    }
  };
  await pMap(untilFailure(), guarded, { concurrency: limit });
  if (failed()) throw failures[0];
}
