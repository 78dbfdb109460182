import { KEY_DIGEST_BYTES, sha256 } from '../../backup/hashing.ts';
import type { UserItem } from '../../backup/items.ts';
import { subOf } from '../../backup/items.ts';
import type { Appendix } from '../../state/progress.ts';
import { nameDigest, userContentDigest } from '../../digests/expected.ts';
import { RecordBuffer } from '../../digests/record-buffer.ts';
import { signInNameOf } from '../../model.ts';
import type { PoolSettings, PoolUser, SignInName } from '../../model.ts';

/** How users of a pool are recognized among those of the backup. */
export interface Matching {
  /** The pool is the one that the backup was made of: users keep their `sub`. In any other pool they have their sign-in name. */
  readonly bySub: boolean;
  readonly signInName: SignInName;
  readonly caseSensitive: boolean;
}

export const matchingOf = (
  poolId: string,
  settings: Pick<PoolSettings, 'caseSensitive'>,
  source: { readonly userPoolId: string; readonly poolSettings: PoolSettings },
): Matching => ({
  bySub: poolId === source.userPoolId,
  signInName: signInNameOf(source.poolSettings),
  caseSensitive: settings.caseSensitive,
});

/** The user's name at sign-in; empty where it has none. */
export const nameIn = (
  { signInName }: Matching,
  { username, attributes }: Pick<PoolUser, 'username' | 'attributes'>,
): string => (signInName === 'username' ? username : attributes[signInName]) ?? '';

/** Digest of what recognizes the user. A user without a sign-in name is recognized by nothing. */
export function userDigest(matching: Matching, user: Pick<PoolUser, 'sub' | 'username' | 'attributes'>): Buffer {
  const name = nameIn(matching, user);
  return matching.bySub || name === ''
    ? nameDigest(`sub\u0000${user.sub}`, true)
    : nameDigest(name, matching.caseSensitive);
}

/** 128 bits; `sub` is the one that the backup knows. */
export const membershipDigest = (sub: string, group: string): Buffer =>
  sha256(`${sub}\u0000${group}`).subarray(0, KEY_DIGEST_BYTES);

const SUB_BYTES = 36;
const CONTENT_AT = KEY_DIGEST_BYTES;
const SUB_AT = CONTENT_AT + KEY_DIGEST_BYTES;
const FLAGS_AT = SUB_AT + SUB_BYTES;
/** user digest (16), content digest (16), sub (36, NUL-padded), flags (1: never confirmed the sign-up). */
export const USER_RECORD_BYTES = FLAGS_AT + 1;
export const MEMBERSHIP_RECORD_BYTES = KEY_DIGEST_BYTES;

export function userRecord(matching: Matching, item: UserItem): Buffer {
  const sub = subOf(item);
  const record = Buffer.alloc(USER_RECORD_BYTES);
  userDigest(matching, { sub, username: item.username, attributes: item.attributes }).copy(record);
  userContentDigest(item).copy(record, CONTENT_AT);
  record.write(sub, SUB_AT, SUB_BYTES, 'utf8');
  record.writeUInt8(item.status === 'UNCONFIRMED' ? 1 : 0, FLAGS_AT);
  return record;
}

export const contentIn = (records: Buffer, ordinal: number): Buffer =>
  records.subarray(ordinal * USER_RECORD_BYTES + CONTENT_AT, ordinal * USER_RECORD_BYTES + SUB_AT);
export const subIn = (records: Buffer, ordinal: number): string =>
  records
    .toString('utf8', ordinal * USER_RECORD_BYTES + SUB_AT, ordinal * USER_RECORD_BYTES + FLAGS_AT)
    .replace(/\0+$/, '');
export const isUnconfirmedIn = (records: Buffer, ordinal: number): boolean =>
  records[ordinal * USER_RECORD_BYTES + FLAGS_AT] === 1;

/** Bytes of records that may wait in memory. */
const MAX_PENDING_BYTES = 8 * 1024 * 1024;

/** Records gathered during a scan; `parts` names their objects in the order of the records. */
export class RecordParts implements Appendix {
  #waiting = new RecordBuffer();
  #bytes = 0;

  constructor(
    private readonly kind: string,
    private readonly parts: string[],
  ) {}

  get pending(): number {
    return this.#bytes / MAX_PENDING_BYTES;
  }

  add(record: Buffer): void {
    this.#waiting.append(record);
    this.#bytes += record.length;
  }

  cut(newKey: (kind: string) => string): ReturnType<Appendix['cut']> {
    if (this.#bytes === 0) return [];
    const part = { key: newKey(this.kind), body: this.#waiting.bytes() };
    this.#waiting = new RecordBuffer();
    this.#bytes = 0;
    this.parts.push(part.key);
    return [part];
  }
}
