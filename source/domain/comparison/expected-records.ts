import { KEY_DIGEST_BYTES } from '../backup/hashing.ts';

/**
 * What a pool should hold, as fixed-width records: 76 MB for a million users, 60 MB for three million memberships. They
 * lie in objects that a plan or a checkpoint lists; an ordinal counts the records through those objects in their order.
 * The format is part of stored restores.
 */

const SUB_BYTES = 36;
const SUB_AT = 2 * KEY_DIGEST_BYTES;
const OWN_AT = SUB_AT + SUB_BYTES;
/** user digest (16), content digest (16), sub (36, ASCII, NUL-padded), two numbers of the writer (int32, uint32). */
export const USER_RECORD_BYTES = OWN_AT + 8;
/** membership digest (16), a number of the writer (uint32). */
export const MEMBERSHIP_RECORD_BYTES = KEY_DIGEST_BYTES + 4;

/** One user whom the pool should hold. */
export interface ExpectedUser {
  /** What the user is recognized by: see Matching. */
  readonly digest: Buffer;
  /** See userContentDigest. */
  readonly contentDigest: Buffer;
  /** `sub` in the backup. */
  readonly sub: string;
  /** Of whoever wrote the record, and not compared: one number with its sign, one without. */
  readonly own: readonly [number, number];
}

/** Throws RangeError for a `sub` of more than 36 bytes (Cognito's are UUIDs). */
export function encodeExpectedUser({ digest, contentDigest, sub, own }: ExpectedUser): Buffer {
  if (Buffer.byteLength(sub) > SUB_BYTES)
    throw new RangeError(`a sub has at most ${SUB_BYTES} bytes, found ${Buffer.byteLength(sub)}`);
  const record = Buffer.alloc(USER_RECORD_BYTES);
  digest.copy(record, 0, 0, KEY_DIGEST_BYTES);
  contentDigest.copy(record, KEY_DIGEST_BYTES, 0, KEY_DIGEST_BYTES);
  record.write(sub, SUB_AT, 'utf8');
  record.writeInt32BE(own[0], OWN_AT);
  record.writeUInt32BE(own[1], OWN_AT + 4);
  return record;
}

/** The record at `ordinal` in concatenated user records; the digests are views, not copies. */
export function decodeExpectedUser(records: Buffer, ordinal: number): ExpectedUser {
  const at = ordinal * USER_RECORD_BYTES;
  return {
    digest: records.subarray(at, at + KEY_DIGEST_BYTES),
    contentDigest: records.subarray(at + KEY_DIGEST_BYTES, at + SUB_AT),
    sub: records.toString('utf8', at + SUB_AT, at + OWN_AT).replace(/\0+$/, ''),
    own: [records.readInt32BE(at + OWN_AT), records.readUInt32BE(at + OWN_AT + 4)],
  };
}

/** One membership that the pool should hold. */
export interface ExpectedMembership {
  /** See membershipDigest. */
  readonly digest: Buffer;
  /** Of whoever wrote the record, and not compared. */
  readonly own: number;
}

/** A record of MEMBERSHIP_RECORD_BYTES. */
export function encodeExpectedMembership({ digest, own }: ExpectedMembership): Buffer {
  const record = Buffer.alloc(MEMBERSHIP_RECORD_BYTES);
  digest.copy(record, 0, 0, KEY_DIGEST_BYTES);
  record.writeUInt32BE(own, KEY_DIGEST_BYTES);
  return record;
}

/** The record at `ordinal` in concatenated membership records; the digest is a view, not a copy. */
export function decodeExpectedMembership(records: Buffer, ordinal: number): ExpectedMembership {
  const at = ordinal * MEMBERSHIP_RECORD_BYTES;
  return { digest: records.subarray(at, at + KEY_DIGEST_BYTES), own: records.readUInt32BE(at + KEY_DIGEST_BYTES) };
}
