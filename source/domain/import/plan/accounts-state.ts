import * as v from 'valibot';
import { textsShape } from '../../state/shape.ts';

export const storedAccountsShape = v.object({
  /** Objects of records, in the order in which they are read: of equal records the last counts. */
  parts: textsShape,
  /** Records that are in no object yet, base64. */
  recent: v.string(),
});
/** Where the record of the accounts that a restore made lies; part of a state that is changed in place. */
export type StoredAccounts = v.InferOutput<typeof storedAccountsShape>;

/** Nothing is on record. */
export const noAccounts = (): StoredAccounts => ({ parts: [], recent: '' });
