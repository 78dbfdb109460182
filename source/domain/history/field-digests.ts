import { textDigest } from '../backup/hashing.ts';
import type { TableItem } from '../ports.ts';

/** What happened to one field of an item between two runs. */
export interface FieldChange {
  /** An attribute of a user, or `enabled`, `status`, `description`, `precedence`, `roleArn`. */
  readonly field: string;
  /** `emptied`: it had a value, and then the empty text; `removed`: it had a value, and then none at all. */
  readonly change: 'added' | 'removed' | 'emptied' | 'changed';
}

/** Says when, and not what: every change of a user moves it. */
const MODIFIED = 'modified';
/** Of these an item's fields consist beside its attributes. */
const FIELDS = [
  'enabled',
  'status',
  'username',
  'signsInBy',
  'created',
  MODIFIED,
  'description',
  'precedence',
  'roleArn',
];
const DIGEST_BYTES = 6;
const EMPTY = textDigest('""').subarray(0, DIGEST_BYTES);

/**
 * The fields of items, each as the number of its name and six bytes of its value's SHA-256: a tenth of what the item has, so that
 * the changed users of a pool of a million fit into memory.
 */
export class FieldDigests {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();

  /** Records of 8 bytes. */
  of(item: TableItem): Buffer {
    const fields = fieldsOf(item);
    const record = Buffer.alloc(fields.length * (2 + DIGEST_BYTES));
    for (const [index, [field, value]] of fields.entries()) {
      record.writeUInt16BE(this.#numberOf(field), index * (2 + DIGEST_BYTES));
      digestOf(value).copy(record, index * (2 + DIGEST_BYTES) + 2);
    }
    return record;
  }

  /** What changed from the item to what `later`, a record of this, was made of. */
  changes(item: TableItem, later: Buffer): readonly FieldChange[] {
    const after = new Map<string, Buffer>();
    for (let at = 0; at < later.length; at += 2 + DIGEST_BYTES)
      after.set(this.#names[later.readUInt16BE(at)] as string, later.subarray(at + 2, at + 2 + DIGEST_BYTES));
    const changes: FieldChange[] = [];
    for (const [field, value] of fieldsOf(item)) {
      const found = after.get(field);
      after.delete(field);
      if (found === undefined) changes.push({ field, change: 'removed' });
      else if (!found.equals(digestOf(value)))
        changes.push({ field, change: found.equals(EMPTY) ? 'emptied' : 'changed' });
    }
    for (const field of after.keys()) changes.push({ field, change: 'added' });
    // The date moves with every change, and is worth a word only where nothing else tells of one.
    const telling = changes.filter(({ field }) => field !== MODIFIED);
    return telling.length > 0 ? telling : changes;
  }

  #numberOf(field: string): number {
    const known = this.#numbers.get(field);
    if (known !== undefined) return known;
    this.#numbers.set(field, this.#names.length);
    return this.#names.push(field) - 1;
  }
}

const digestOf = (value: unknown): Buffer => textDigest(JSON.stringify(value)).subarray(0, DIGEST_BYTES);

function fieldsOf(item: TableItem): readonly (readonly [string, unknown])[] {
  const attributes = Object.entries((item.attributes ?? {}) as Record<string, unknown>);
  const others = FIELDS.filter((field) => item[field] !== undefined).map((field) => [field, item[field]] as const);
  return [...attributes, ...others];
}
