/** Reading what an AWS call answers. */

/** The name of an AWS error (its code), or of any other error. */
export const errorNameOf = (error: unknown): string => (error instanceof Error ? error.name : typeof error);

/** What the call gives; undefined when it fails with the error `name`. */
export async function valueUnless<T>(name: string, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (errorNameOf(error) === name) return undefined;
    throw error;
  }
}
