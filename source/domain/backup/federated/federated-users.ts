import * as v from 'valibot';
import type { PoolUser } from '../../model.ts';
import { gzipLines, linesOfGzip } from '../../state/gzip-lines.ts';
import { subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { bucketOf, canonicalJson } from '../hashing.ts';
import { userKey } from '../items.ts';

const listed = {
  sub: subShape,
  username: v.string(),
  /** As ListUsers shows them, `identities` included. */
  attributes: v.record(v.string(), v.string()),
  enabled: v.boolean(),
  /** ISO 8601. */
  created: v.string(),
};
export const listedFederatedShape = v.object(listed);
/** A user of an identity provider as a listing shows it. */
export type ListedFederated = Stored<typeof listedFederatedShape>;

export const federatedUserShape = v.object({
  ...listed,
  /** Names of the user's groups, in order, without the one that Cognito makes for each provider. */
  groups: textsShape,
});
/** A user of an identity provider (EXTERNAL_PROVIDER) as the backup keeps it. */
export type FederatedUser = Stored<typeof federatedUserShape>;

/** What is kept of the user: not when it was modified, which every sign-in moves. */
export const listedFederated = ({ sub, username, attributes, enabled, created }: PoolUser): ListedFederated => ({
  sub,
  username,
  attributes,
  enabled,
  created,
});

/** Users of identity providers are kept in so many parts: an export writes those anew in which somebody changed. */
export const FEDERATED_BUCKETS = 64;
/** The part in which a user is kept. */
export const federatedBucketOf = (sub: string): number => bucketOf(userKey(sub)) % FEDERATED_BUCKETS;

/** The body of a part: the same users always give the same bytes. */
export const packFederated = (users: readonly FederatedUser[]): Buffer =>
  gzipLines([...users].sort((a, b) => (a.sub < b.sub ? -1 : 1)).map((user) => canonicalJson(user)));

/** The users in such a body; undefined when there are not as many as are `expected`. Fault BadState: see linesOfGzip. */
export const unpackFederated = (
  key: string,
  body: Uint8Array,
  expected: number,
): readonly FederatedUser[] | undefined => linesOfGzip({ key, body, expected }, federatedUserShape);
