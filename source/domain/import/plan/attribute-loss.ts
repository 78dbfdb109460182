import * as v from 'valibot';
import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

export const lostAttributeShape = v.object({
  attribute: v.string(),
  /** The new pool would refuse the value; another user signs in by it; the backup's item holds no readable one. */
  reason: v.picklist(['BadAttribute', 'AliasCollision', 'Unreadable']),
  /** One sentence without the value and without other users' data. */
  detail: v.string(),
});
/** An attribute (or the flag `enabled`) without which a user is restored, and why. */
export type LostAttribute = Stored<typeof lostAttributeShape>;

export const attributeLossShape = v.object({ sub: subShape, name: v.string(), ...lostAttributeShape.entries });
/** The same with its user; one JSON line each in the object that the plan names. */
export type AttributeLoss = Stored<typeof attributeLossShape>;

/** All losses of a plan; those of earlier versions name none. */
export async function* lossesOf(
  objects: Pick<ObjectStore, 'read'>,
  { lossesKey }: { readonly lossesKey?: string },
): AsyncGenerator<AttributeLoss, void, undefined> {
  if (lossesKey !== undefined) yield* readNdjson(objects, lossesKey, attributeLossShape);
}
