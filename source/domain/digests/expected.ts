import { canonicalJson, sha256 } from '../backup/hashing.ts';
import type { Attributes } from '../model.ts';

/**
 * What the new pool should hold when a restore has ended, as fixed-width records: 76 MB for a million users, 60 MB for
 * three million memberships. Planning writes them, the final reconciliation reads them; users who are excluded have none.
 * `plan.expected` lists the objects; an ordinal counts the records through those objects in their order.
 */

/** Bytes of every digest here: 128 bits of SHA-256. */
export const DIGEST_BYTES = 16;
const SUB_BYTES = 36;
const SUB_AT = 2 * DIGEST_BYTES;
const CHUNK_AT = SUB_AT + SUB_BYTES;
const LINE_AT = CHUNK_AT + 4;
/** name digest (16), content digest (16), old sub (36, ASCII, NUL-padded), chunk (int32, -1 = one by one), line (uint32). */
export const USER_RECORD_BYTES = LINE_AT + 4;
/** membership digest (16), batch index (uint32). */
export const MEMBERSHIP_RECORD_BYTES = DIGEST_BYTES + 4;

const digest16 = (text: string): Buffer => sha256(text).subarray(0, DIGEST_BYTES);

/** The form in which a pool compares sign-in names. `caseSensitive` is the NEW pool's setting (`plan.caseSensitive`). */
export const nameKey = (name: string, caseSensitive: boolean): string => (caseSensitive ? name : name.toLowerCase());

/** Digest of a sign-in name: `RestoreUser.name`, or of a listed user its username or the value of the username attribute. */
export const nameDigest = (name: string, caseSensitive: boolean): Buffer => digest16(nameKey(name, caseSensitive));

const VERIFIED_FLAGS = ['email_verified', 'phone_number_verified'];

/**
 * The attributes that a restore must bring back, in comparable form: without `sub` and `identities` (no import can set
 * them), without empty values (Cognito keeps none); a verified flag is `true` in whatever case it was given (an import
 * writes it in lower case), or left out (absent means the same as false).
 */
export function comparableAttributes(attributes: Attributes): Record<string, string> {
  const comparable: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'sub' || name === 'identities' || value === '') continue;
    if (!VERIFIED_FLAGS.includes(name)) comparable[name] = value;
    else if (value.toLowerCase() === 'true') comparable[name] = 'true';
  }
  return comparable;
}

/** Digest of everything about a user that is compared: attributes (see comparableAttributes) and the enabled flag. */
export const userContentDigest = ({
  attributes,
  enabled,
}: {
  readonly attributes: Attributes;
  readonly enabled: boolean;
}): Buffer => digest16(canonicalJson({ attributes: comparableAttributes(attributes), enabled }));

export interface ExpectedUser {
  readonly nameDigest: Buffer;
  readonly contentDigest: Buffer;
  /** `sub` in the backup. */
  readonly sub: string;
  /** Index of the chunk whose file holds the user, or null for a user created one by one. */
  readonly chunk: number | null;
  /** With a chunk: data row of the CSV and line of the chunk file, from 1. Without: index of the batch with its `create`. */
  readonly line: number;
}

/** Throws RangeError for a `sub` of more than 36 bytes (Cognito's are UUIDs). */
export function encodeExpectedUser(user: ExpectedUser): Buffer {
  if (Buffer.byteLength(user.sub) > SUB_BYTES)
    throw new RangeError(`a sub has at most ${SUB_BYTES} bytes, found ${Buffer.byteLength(user.sub)}`);
  const record = Buffer.alloc(USER_RECORD_BYTES);
  user.nameDigest.copy(record, 0, 0, DIGEST_BYTES);
  user.contentDigest.copy(record, DIGEST_BYTES, 0, DIGEST_BYTES);
  record.write(user.sub, SUB_AT, 'utf8');
  record.writeInt32BE(user.chunk ?? -1, CHUNK_AT);
  record.writeUInt32BE(user.line, LINE_AT);
  return record;
}

/** The record at `ordinal` in concatenated user records; the digests are views, not copies. */
export function decodeExpectedUser(records: Buffer, ordinal: number): ExpectedUser {
  const at = ordinal * USER_RECORD_BYTES;
  const chunk = records.readInt32BE(at + CHUNK_AT);
  return {
    nameDigest: records.subarray(at, at + DIGEST_BYTES),
    contentDigest: records.subarray(at + DIGEST_BYTES, at + SUB_AT),
    sub: records.toString('utf8', at + SUB_AT, at + CHUNK_AT).replace(/\0+$/, ''),
    chunk: chunk < 0 ? null : chunk,
    line: records.readUInt32BE(at + LINE_AT),
  };
}

/** Digest of one membership; names of groups are always case-sensitive. */
export const membershipDigest = (group: string, name: string, caseSensitive: boolean): Buffer =>
  digest16(`${group}\u0000${nameKey(name, caseSensitive)}`);

export interface ExpectedMembership {
  readonly digest: Buffer;
  /** Index of the batch whose `add` makes the membership: where group, sub and name can be read again. */
  readonly batch: number;
}

export function encodeExpectedMembership({ digest, batch }: ExpectedMembership): Buffer {
  const record = Buffer.alloc(MEMBERSHIP_RECORD_BYTES);
  digest.copy(record, 0, 0, DIGEST_BYTES);
  record.writeUInt32BE(batch, DIGEST_BYTES);
  return record;
}

export function decodeExpectedMembership(records: Buffer, ordinal: number): ExpectedMembership {
  const at = ordinal * MEMBERSHIP_RECORD_BYTES;
  return { digest: records.subarray(at, at + DIGEST_BYTES), batch: records.readUInt32BE(at + DIGEST_BYTES) };
}
