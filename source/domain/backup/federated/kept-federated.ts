import * as v from 'valibot';
import { countShape, timeShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

export const federatedPartShape = v.object({
  /** See federatedBucketOf. */
  bucket: countShape,
  /** Of its body; also names the items of the table that hold it. */
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  bytes: countShape,
  users: countShape,
});
/** Users of identity providers that are kept together; see federated-users.ts. */
export type FederatedPart = Stored<typeof federatedPartShape>;

export const keptFederatedShape = v.object({
  users: countShape,
  memberships: countShape,
  /** In order of their buckets; in a snapshot they lie one behind the other. */
  parts: v.array(federatedPartShape),
  /** What runs that began within a day before this one, and this one, took away, as far as it counts towards later runs. */
  deletedLately: v.array(v.object({ startedAt: timeShape, users: countShape, memberships: countShape })),
});
/** What a sealed run says about the users of identity providers: counted and guarded apart from all other items. */
export type KeptFederated = Stored<typeof keptFederatedShape>;
