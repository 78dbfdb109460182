/** The error that a promise rejects with; fails when it resolves. */
export async function rejection(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError('The promise rejected with something that is no Error.');
  }
  throw new Error('The promise resolved, but should have rejected.');
}
