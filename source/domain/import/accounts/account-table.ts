import { KEY_DIGEST_BYTES } from '../../backup/hashing.ts';
import { Slots } from '../../digests/slots.ts';
import type { Slot } from '../../digests/slots.ts';

const SUB_BYTES = 36;
const AT = KEY_DIGEST_BYTES + SUB_BYTES;
const AT_BYTES = 6;
const FACTS_AT = AT + AT_BYTES;
/** digest of what the record is about (16), new sub (36, ASCII, NUL-padded), time of our last write (uint48, ms), facts. */
export const ACCOUNT_RECORD_BYTES = FACTS_AT + 1;

/** Bits of a record's last byte; part of stored restores. */
export const Fact = {
  /** An import job of this restore brought the account. */
  imported: 1,
  /** AdminCreateUser of this restore made the account. */
  created: 2,
  /** Our AdminDisableUser was answered as done. */
  disabled: 4,
  /** A membership that Cognito refused, or that was left out. */
  notGiven: 8,
  /** Version 2.0.0, which recorded no subs, created the user one by one, or may have when it was cut off. */
  createdBefore: 16,
  /** Writes named the user by the sign-in name, since no account was known to be ours. */
  byName: 32,
  /** Our AdminDisableUser, or of a membership our AdminAddUserToGroup, failed and may have been carried out. */
  unanswered: 64,
  /** Our AdminCreateUser failed and may have been carried out. */
  creationUnanswered: 128,
} as const;

/** What is on record about one account or membership. */
export interface AccountRecord {
  /** Empty where it is not known. */
  readonly newSub: string;
  /** Milliseconds since the epoch; 0 where nothing was written. */
  readonly at: number;
  readonly facts: number;
}

const NOTHING: AccountRecord = { newSub: '', at: 0, facts: 0 };

/**
 * Records of fixed width in one growing buffer, found by the digest that each begins with, and a list of those that
 * changed: 75 bytes per account, whatever it holds.
 */
export class AccountTable {
  #bytes = Buffer.alloc(0);
  #slots = new Slots(0);
  #size = 0;
  readonly #changed = new Set<number>();

  get size(): number {
    return this.#size;
  }

  /** Records that were put since the last `clearChanged`. */
  get changed(): number {
    return this.#changed.size;
  }

  get(digest: Buffer): AccountRecord {
    const { found } = this.#seek(digest, 0);
    if (found === undefined) return NOTHING;
    const at = found * ACCOUNT_RECORD_BYTES;
    return {
      newSub: this.#bytes.toString('utf8', at + KEY_DIGEST_BYTES, at + AT).replace(/\0+$/, ''),
      at: this.#bytes.readUIntBE(at + AT, AT_BYTES),
      facts: this.#bytes.readUInt8(at + FACTS_AT),
    };
  }

  /** Throws RangeError for a sub that does not fit (Cognito's are UUIDs). */
  put(digest: Buffer, { newSub, at, facts }: AccountRecord): void {
    if (Buffer.byteLength(newSub, 'utf8') > SUB_BYTES)
      throw new RangeError(`a sub has at most ${SUB_BYTES} bytes, found ${Buffer.byteLength(newSub, 'utf8')}`);
    const record = Buffer.alloc(ACCOUNT_RECORD_BYTES);
    digest.copy(record, 0, 0, KEY_DIGEST_BYTES);
    record.write(newSub, KEY_DIGEST_BYTES, 'utf8');
    record.writeUIntBE(Math.max(0, Math.round(at)), AT, AT_BYTES);
    record.writeUInt8(facts, FACTS_AT);
    this.#changed.add(this.#place(record, 0));
  }

  /** Takes concatenated records over; of equal ones the last counts. `stored`: false where they count as changed. */
  load(records: Buffer, { stored }: { readonly stored: boolean }): void {
    this.reserve(this.#size + records.length / ACCOUNT_RECORD_BYTES);
    for (let at = 0; at + ACCOUNT_RECORD_BYTES <= records.length; at += ACCOUNT_RECORD_BYTES) {
      const ordinal = this.#place(records, at);
      if (!stored) this.#changed.add(ordinal);
    }
  }

  /** All records, as `load` takes them; a copy. */
  all(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#size * ACCOUNT_RECORD_BYTES));
  }

  /** The records that changed. */
  changedRecords(): Buffer {
    const records = Buffer.alloc(this.#changed.size * ACCOUNT_RECORD_BYTES);
    let to = 0;
    for (const ordinal of this.#changed) {
      const at = ordinal * ACCOUNT_RECORD_BYTES;
      to += this.#bytes.copy(records, to, at, at + ACCOUNT_RECORD_BYTES);
    }
    return records;
  }

  /** Nothing counts as changed any more. */
  clearChanged(): void {
    this.#changed.clear();
  }

  /** Copies the record at `from` to where the one of its digest is, or behind the last. */
  #place(records: Buffer, from: number): number {
    this.reserve(this.#size + 1);
    const { slot, found } = this.#seek(records, from);
    const ordinal = found ?? this.#size;
    if (found === undefined) {
      this.#size += 1;
      this.#slots.put(slot, ordinal);
    }
    records.copy(this.#bytes, ordinal * ACCOUNT_RECORD_BYTES, from, from + ACCOUNT_RECORD_BYTES);
    return ordinal;
  }

  /** Makes room for so many records, so that growing does not copy them again and again. */
  reserve(records: number): void {
    if (records * ACCOUNT_RECORD_BYTES > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(64, records, this.#size * 2) * ACCOUNT_RECORD_BYTES);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    if (records <= this.#slots.room) return;
    this.#slots = new Slots(records);
    for (let ordinal = 0; ordinal < this.#size; ordinal += 1)
      this.#slots.put(this.#seek(this.#bytes, ordinal * ACCOUNT_RECORD_BYTES).slot, ordinal);
  }

  #seek(bytes: Buffer, at: number): Slot {
    return this.#slots.seek(bytes.readUInt32BE(at), (ordinal) => {
      const start = ordinal * ACCOUNT_RECORD_BYTES;
      return bytes.compare(this.#bytes, start, start + KEY_DIGEST_BYTES, at, at + KEY_DIGEST_BYTES) === 0;
    });
  }
}
