import * as v from 'valibot';
import { Fault, Halt } from '../../errors.ts';
import type { Clock, ObjectStore } from '../../ports.ts';
import { parseJson } from '../../state/json-object.ts';
import { idShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { isOfSelection, restoreFolder, restorePrefix } from './plan-model.ts';
import type { RestorePlan } from './plan-model.ts';

export const restoreHeadShape = v.object({
  restoreId: idShape,
  /**
   * planning: every start plans again; writing: set just before the first write to the pool, from then on the plan is
   * binding; complete: closed; partial: finished, a new start retries the reported users.
   */
  phase: v.picklist(['planning', 'writing', 'complete', 'partial']),
  updatedAt: v.string(),
});
/** `restores/<pool>/current.json`: which restore of this pool is in force. */
export type RestoreHead = Stored<typeof restoreHeadShape>;

/** Key of the pool's RestoreHead. */
export const headKey = (poolId: string): string => `${restorePrefix(poolId)}current.json`;

/** Key of the head that tells of this restore: a selection has one of its own, beside that of the pool. */
export const headKeyOf = ({ newUserPoolId, restoreId }: Of): string =>
  isOfSelection(restoreId) ? `${restoreFolder(newUserPoolId, restoreId)}current.json` : headKey(newUserPoolId);

type Head = { readonly head: RestoreHead; readonly etag: string };
type Of = Pick<RestorePlan, 'newUserPoolId' | 'restoreId'>;

/** Whether nothing was written to the pool yet: the next start plans again. */
export const isPlanned = async (objects: Pick<ObjectStore, 'get'>, of: Of): Promise<boolean> =>
  (await readHead(objects, of)).head.phase === 'planning';

/** Put just before the first write to the pool: from now on the plan is binding. */
export const markWriting = (
  objects: Pick<ObjectStore, 'get' | 'put'>,
  clock: Pick<Clock, 'now'>,
  of: Of,
): Promise<void> => setPhase(objects, clock, of, 'writing');

/** How the restore ended; `complete` closes it for good. */
export const closeHead = (
  objects: Pick<ObjectStore, 'get' | 'put'>,
  clock: Pick<Clock, 'now'>,
  of: Of,
  phase: 'complete' | 'partial',
): Promise<void> => setPhase(objects, clock, of, phase);

async function setPhase(
  objects: Pick<ObjectStore, 'get' | 'put'>,
  clock: Pick<Clock, 'now'>,
  of: Of,
  phase: RestoreHead['phase'],
): Promise<void> {
  const { head, etag } = await readHead(objects, of);
  if (head.phase === phase) return;
  const next: RestoreHead = { ...head, phase, updatedAt: new Date(clock.now()).toISOString() };
  await objects.put(headKeyOf(of), JSON.stringify(next), { etag });
}

/** Halt Superseded when another restore of this pool is in force by now. */
async function readHead(objects: Pick<ObjectStore, 'get'>, of: Of): Promise<Head> {
  const { newUserPoolId, restoreId } = of;
  const key = headKeyOf(of);
  const object = await objects.get(key);
  if (object === undefined)
    throw new Fault('BadState', `The object ${key} is missing: the state of this restore cannot be used.`);
  const head = parseJson(key, object.body, restoreHeadShape);
  if (head.restoreId !== restoreId)
    throw new Halt(
      'Superseded',
      `Another restore (${head.restoreId}) of the user pool ${newUserPoolId} is in force; ${restoreId} stops.`,
    );
  return { head, etag: object.etag };
}
