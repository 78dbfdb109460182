import { Fault, Halt } from '../../errors.ts';
import type { Clock, ObjectStore } from '../../ports.ts';
import { parsed, shaped } from '../../state/stored-shapes.ts';
import { headKey } from './plan-model.ts';
import type { RestoreHead, RestorePlan } from './plan-model.ts';

type Head = { readonly head: RestoreHead; readonly etag: string };
type Of = Pick<RestorePlan, 'newUserPoolId' | 'restoreId'>;

/** Put just before the first write to the pool: from now on the plan is binding. */
export const markWriting = (
  store: Pick<ObjectStore, 'get' | 'put'>,
  clock: Pick<Clock, 'now'>,
  of: Of,
): Promise<void> => setPhase(store, clock, of, 'writing');

/** How the restore ended; `complete` closes it for good. */
export const closeHead = (
  store: Pick<ObjectStore, 'get' | 'put'>,
  clock: Pick<Clock, 'now'>,
  of: Of,
  phase: 'complete' | 'partial',
): Promise<void> => setPhase(store, clock, of, phase);

async function setPhase(
  store: Pick<ObjectStore, 'get' | 'put'>,
  clock: Pick<Clock, 'now'>,
  of: Of,
  phase: RestoreHead['phase'],
): Promise<void> {
  const { head, etag } = await readHead(store, of);
  if (head.phase === phase) return;
  const next: RestoreHead = { ...head, phase, updatedAt: new Date(clock.now()).toISOString() };
  await store.put(headKey(of.newUserPoolId), JSON.stringify(next), { etag });
}

/** Halt Superseded when another restore of this pool is in force by now. */
async function readHead(store: Pick<ObjectStore, 'get'>, { newUserPoolId, restoreId }: Of): Promise<Head> {
  const key = headKey(newUserPoolId);
  const object = await store.get(key);
  if (object === undefined)
    throw new Fault('BadState', `The object ${key} is missing: the state of this restore cannot be used.`);
  const head = shaped<RestoreHead>(key, parsed(key, object.body));
  if (head.restoreId !== restoreId)
    throw new Halt(
      'Superseded',
      `Another restore (${head.restoreId}) of the user pool ${newUserPoolId} is in force; ${restoreId} stops.`,
    );
  return { head, etag: object.etag };
}
