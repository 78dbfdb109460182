import { QuickDigest } from '../digests/quick-digest.ts';
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
const RECORD_BYTES = 8;
const DIGEST_BYTES = 6;
/** Bytes of records that are one buffer. */
const PAGE_BYTES = 1024 * 1024;

/**
 * The fields of items, each as the number of its name and six bytes of a digest of its value: a tenth of what the item has,
 * so that the changed users of a pool of a million fit into memory.
 */
export class FieldDigests {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #digest = new QuickDigest();
  #pages: Buffer[] = [];
  /** Bytes of the last page that are taken. */
  #taken = PAGE_BYTES;

  /** Keeps the item's fields; resolves where they are, a number above 0. */
  add(item: TableItem): number {
    const fields = fieldsOf(item);
    const bytes = (fields.length + 1) * RECORD_BYTES;
    if (this.#taken + bytes > PAGE_BYTES) {
      this.#pages.push(Buffer.alloc(Math.max(PAGE_BYTES, bytes)));
      this.#taken = 0;
    }
    const page = this.#pages.at(-1) as Buffer;
    const place = ((this.#pages.length - 1) * PAGE_BYTES + this.#taken) / RECORD_BYTES + 1;
    let at = page.writeUInt32BE(fields.length, this.#taken) - 4 + RECORD_BYTES;
    for (const [field, value] of fields) {
      at = page.writeUInt16BE(this.#numberOf(field), at);
      at = page.writeUIntBE(this.#digestOf(value), at, DIGEST_BYTES);
    }
    this.#taken = at;
    return place;
  }

  /** What changed from the item to the one whose fields are kept at that place. */
  changes(item: TableItem, place: number): readonly FieldChange[] {
    const from = (place - 1) * RECORD_BYTES;
    const page = this.#pages[Math.floor(from / PAGE_BYTES)] as Buffer;
    const first = (from % PAGE_BYTES) + RECORD_BYTES;
    const after = new Map<string, number>();
    for (let index = 0; index < page.readUInt32BE(first - RECORD_BYTES); index += 1) {
      const at = first + index * RECORD_BYTES;
      after.set(this.#names[page.readUInt16BE(at)] as string, page.readUIntBE(at + 2, DIGEST_BYTES));
    }
    const changes: FieldChange[] = [];
    for (const [field, value] of fieldsOf(item)) {
      const found = after.get(field);
      after.delete(field);
      if (found === undefined) changes.push({ field, change: 'removed' });
      else if (found !== this.#digestOf(value))
        changes.push({ field, change: found === this.#digestOf('') ? 'emptied' : 'changed' });
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

  /** A text is never the same as what is none. */
  #digestOf(value: unknown): number {
    const { high, low } = this.#digest
      .begin()
      .add(typeof value === 'string' ? value : `\u0000${JSON.stringify(value)}`);
    return (high & 0xffff) * 2 ** 32 + (low >>> 0);
  }
}

function fieldsOf(item: TableItem): readonly (readonly [string, unknown])[] {
  const attributes = Object.entries((item.attributes ?? {}) as Record<string, unknown>);
  const others = FIELDS.filter((field) => item[field] !== undefined).map((field) => [field, item[field]] as const);
  return [...attributes, ...others];
}
