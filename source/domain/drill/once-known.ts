import { isNamed } from '../errors.ts';
import type { Clock } from '../ports.ts';

/** A new pool, and its tag, are known everywhere in Cognito and IAM after some seconds. */
const KNOWN_AFTER_MS = 60_000;
const LOOK_AGAIN_MS = 3_000;

/** Does again what only concerns a pool just made, while Cognito does not know it, or the role may not see it, yet. */
export async function onceKnown<T>(clock: Pick<Clock, 'now' | 'sleep'>, work: () => Promise<T>): Promise<T> {
  const until = clock.now() + KNOWN_AFTER_MS;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!isNamed(error, 'AccessDenied', 'UserPoolNotFound') || clock.now() >= until) throw error;
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}
