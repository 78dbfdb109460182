/**
 * Runs `work` over the values, at most `limit` at a time, in their order. After a failure nothing more is begun; what
 * runs is awaited, then the first error is thrown, so that nothing still writes when the caller goes on.
 */
export async function inFlight<T>(
  values: Iterable<T>,
  limit: number,
  work: (value: T) => Promise<void>,
): Promise<void> {
  const iterator = values[Symbol.iterator]();
  const errors: unknown[] = [];
  const runner = async (): Promise<void> => {
    for (let next = iterator.next(); next.done !== true && errors.length === 0; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: limit }, runner));
  if (errors.length > 0) throw errors[0];
}
