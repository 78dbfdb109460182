import * as v from 'valibot';
import type { ObjectStore } from '../../ports.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { subShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

export const lostAttributeShape = v.object({
  attribute: v.string(),
  /**
   * The new pool would refuse the value; another user signs in by it; the backup's item holds no readable one; the backup
   * does not tell by which address the user signs in.
   */
  reason: v.picklist(['BadAttribute', 'AliasCollision', 'Unreadable', 'SignInUnknown']),
  /** One sentence without the value and without other users' data. */
  detail: v.string(),
});
/** An attribute (or the flag `enabled`, or what a user signs in by) without which a user is restored, and why. */
export type LostAttribute = Stored<typeof lostAttributeShape>;

/** No attribute has this name. */
const SIGN_IN_ADDRESS = 'sign-in address';
/** Of a user of whom no export could find out by which of two addresses it signs in. */
export const SIGN_IN_UNKNOWN: LostAttribute = {
  attribute: SIGN_IN_ADDRESS,
  reason: 'SignInUnknown',
  detail:
    'The backup does not tell by which of its two addresses the user signs in: the e-mail address was taken. If the user signed up by phone number, delete the restored account and create it with the phone number as Username.',
};
/** Of a user whose e-mail address is the name of another one: it can only sign in by the phone number. */
export const SIGNS_IN_BY_OTHER: LostAttribute = {
  attribute: SIGN_IN_ADDRESS,
  reason: 'SignInUnknown',
  detail:
    'Another user of the backup signs in by the address by which this one was thought to sign in: the other address of this one was taken.',
};
/** Whether all of a user's attributes come back, and only the name at sign-in is in doubt. */
export const isSignInUnknown = ({ reason }: LostAttribute): boolean => reason === 'SignInUnknown';

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
