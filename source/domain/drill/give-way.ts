import { allRecords } from './pool-record.ts';
import { removePool } from './remove-pool.ts';
import type { RemovalDeps } from './remove-pool.ts';

/** What ending a drill for a restore needs. */
export interface GiveWayDeps extends RemovalDeps {
  /** Takes the lease away from the drill of this Region, so that its functions stop at their next step. */
  readonly takeLeaseAway: () => Promise<void>;
}

/** How many drills had to end; `left`: pools that could not be deleted now, which the next drill or the uninstallation does. */
export interface GaveWay {
  readonly ended: number;
  readonly left: number;
}

/**
 * A real restore begins: takes the drill's lease away, stops its import job, of which an account has one at a time, and
 * deletes its pool. Makes no call to Cognito where there is no drill, and never keeps a restore from going on.
 */
export async function giveWayToRestore(deps: GiveWayDeps): Promise<GaveWay> {
  await deps.takeLeaseAway();
  const gave = { ended: 0, left: 0 };
  for (const record of await allRecords(deps.objects)) {
    gave.ended += 1;
    try {
      await removePool(record, deps);
    } catch (error) {
      gave.left += 1;
      deps.log.warn('The pool of a drill could not be deleted; the next drill does it', {
        name: record.name,
        errorName: error instanceof Error ? error.name : 'unknown',
      });
    }
  }
  return gave;
}
