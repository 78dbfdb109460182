import * as v from 'valibot';
import { Fault, Halt, isNamed } from '../../errors.ts';
import type { Clock, ObjectStore } from '../../ports.ts';
import { parseJson } from '../../state/json-object.ts';
import { timeShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { restorePrefix } from './plan-model.ts';

const pauseShape = v.object({
  /** When this restore first met the pause, and when last. */
  since: timeShape,
  seenAt: timeShape,
});
/** `restores/<pool>/paused.json`: since when AWS's own recovery of the pool holds the restore up. */
type Pause = Stored<typeof pauseShape>;

const pauseKey = (poolId: string): string => `${restorePrefix(poolId)}paused.json`;

const HOUR_MS = 3_600_000;
/** A preview ends after a day by itself; what AWS Support has to settle may take longer. */
const PATIENCE_MS = 48 * HOUR_MS;
/** What the workflow waits before it looks again (WaitForRecovery). */
const WAIT_MS = 10 * 60_000;
/** Who met no pause for so long is not in the same one any more. */
const SAME_PAUSE_MS = HOUR_MS;

/**
 * The work of a function of the import. Where AWS's own recovery pauses the pool's writes, the error says since when and
 * how long the restore still waits: Fault WritesPaused, which the workflow waits on; in the end Halt RecoveryRunning.
 */
export async function waitingForWrites<T>(
  { objects, clock }: { readonly objects: Pick<ObjectStore, 'get' | 'put'>; readonly clock: Pick<Clock, 'now'> },
  poolId: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!isNamed(error, 'WritesPaused')) throw error;
    const now = clock.now();
    const { since } = await seen(objects, poolId, now);
    const until = Date.parse(since) + PATIENCE_MS;
    if (now >= until)
      throw new Halt(
        'RecoveryRunning',
        `${(error as Fault).message} The restore has waited since ${since} and waits no longer. What it wrote so far is as it was. Start ImportWorkflow again with the same input when the recovery has ended (list-point-in-time-recoveries shows its status): it continues. If AWS Support cannot end it, restore into another empty pool.`,
      );
    throw new Fault(
      'WritesPaused',
      `${(error as Fault).message} The restore has waited since ${since}: it goes on by itself when the recovery has ended, and gives up at ${new Date(until).toISOString()}.`,
    );
  }
}

/** True until the workflow has waited after it met the pause. */
export async function metPauseLately(
  { objects, clock }: { readonly objects: Pick<ObjectStore, 'get'>; readonly clock: Pick<Clock, 'now'> },
  poolId: string,
): Promise<boolean> {
  const before = await lastPause(objects, poolId);
  return before !== undefined && clock.now() - Date.parse(before.seenAt) < WAIT_MS / 2;
}

async function lastPause(objects: Pick<ObjectStore, 'get'>, poolId: string): Promise<Pause | undefined> {
  const key = pauseKey(poolId);
  const stored = await objects.get(key);
  return stored === undefined ? undefined : parseJson(key, stored.body, pauseShape);
}

async function seen(objects: Pick<ObjectStore, 'get' | 'put'>, poolId: string, now: number): Promise<Pause> {
  const before = await lastPause(objects, poolId);
  const seenAt = new Date(now).toISOString();
  const goesOn = before !== undefined && now - Date.parse(before.seenAt) < SAME_PAUSE_MS;
  const pause: Pause = { since: goesOn ? before.since : seenAt, seenAt };
  await objects.put(pauseKey(poolId), JSON.stringify(pause));
  return pause;
}
