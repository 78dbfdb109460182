/** Reading what an AWS call answers. */
import { errorNameOf } from '../../adapters/service-errors.ts';

/** What the call gives; undefined when it fails with the error `name`. */
export async function valueUnless<T>(name: string, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (errorNameOf(error) === name) return undefined;
    throw error;
  }
}
