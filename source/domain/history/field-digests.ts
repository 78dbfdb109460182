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
/** Numbers of 32 bits per record: the number of the field's name and 16 bits of the value's digest, and 32 bits more of it. */
const RECORD = 2;
/** Numbers that are one page. */
const PAGE = 256 * 1024;
const BITS_16 = 0xffff;

/**
 * The fields of items, each as the number of its name and six bytes of a digest of its value: a tenth of what the item has,
 * so that the changed users of a pool of a million fit into memory.
 */
export class FieldDigests {
  readonly #names: string[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #digest = new QuickDigest();
  readonly #emptied = new QuickDigest().begin().add('');
  readonly #fields = new Fields();
  #pages: Uint32Array[] = [];
  /** Numbers of the last page that are taken. */
  #taken = PAGE;

  /** Keeps the item's fields; resolves where they are, a number above 0. */
  add(item: TableItem): number {
    const { names, values, count } = this.#fields.of(item);
    const length = (count + 1) * RECORD;
    if (this.#taken + length > PAGE) {
      this.#pages.push(new Uint32Array(Math.max(PAGE, length)));
      this.#taken = 0;
    }
    const page = this.#pages.at(-1) as Uint32Array;
    const place = ((this.#pages.length - 1) * PAGE + this.#taken) / RECORD + 1;
    page[this.#taken] = count;
    let at = this.#taken;
    for (let index = 0; index < count; index += 1) {
      at += RECORD;
      const { high, low } = this.#digestOf(values[index]);
      page[at] = (this.#numberOf(names[index] as string) << 16) | (high & BITS_16);
      page[at + 1] = low;
    }
    this.#taken += length;
    return place;
  }

  /** What changed from the item to the one whose fields are kept at that place. */
  changes(item: TableItem, place: number): readonly FieldChange[] {
    const from = (place - 1) * RECORD;
    const page = this.#pages[Math.floor(from / PAGE)] as Uint32Array;
    const first = (from % PAGE) + RECORD;
    const end = first + (page[first - RECORD] as number) * RECORD;
    const { names, values, count } = this.#fields.of(item);
    const changes: FieldChange[] = [];
    // Both mostly have the same fields in the same order.
    let next = first;
    let both = 0;
    for (let index = 0; index < count; index += 1) {
      const field = names[index] as string;
      const at = this.#find(page, { field, first, end, next });
      if (at < 0) {
        changes.push({ field, change: 'removed' });
        continue;
      }
      next = at + RECORD;
      both += 1;
      const { high, low } = this.#digestOf(values[index]);
      if (isDigest(page, at, high, low)) continue;
      changes.push({
        field,
        change: isDigest(page, at, this.#emptied.high, this.#emptied.low) ? 'emptied' : 'changed',
      });
    }
    if (first + both * RECORD < end) {
      const had = new Set(names.slice(0, count));
      for (let at = first; at < end; at += RECORD) {
        const field = this.#names[(page[at] as number) >>> 16] as string;
        if (!had.has(field)) changes.push({ field, change: 'added' });
      }
    }
    // The date moves with every change, and is worth a word only where nothing else tells of one.
    const telling = changes.filter(({ field }) => field !== MODIFIED);
    return telling.length > 0 ? telling : changes;
  }

  /** Where the field's record is, likely `next`; -1 where it has none. */
  #find(
    page: Uint32Array,
    {
      field,
      first,
      end,
      next,
    }: { readonly field: string; readonly first: number; readonly end: number; readonly next: number },
  ): number {
    const number = this.#numbers.get(field);
    if (number === undefined) return -1;
    if (next < end && (page[next] as number) >>> 16 === number) return next;
    for (let at = first; at < end; at += RECORD) if ((page[at] as number) >>> 16 === number) return at;
    return -1;
  }

  #numberOf(field: string): number {
    const known = this.#numbers.get(field);
    if (known !== undefined) return known;
    this.#numbers.set(field, this.#names.length);
    return this.#names.push(field) - 1;
  }

  /** A text is never the same as what is none. */
  #digestOf(value: unknown): QuickDigest {
    return this.#digest.begin().add(typeof value === 'string' ? value : `\u0000${JSON.stringify(value)}`);
  }
}

const isDigest = (page: Uint32Array, at: number, high: number, low: number): boolean =>
  ((page[at] as number) & BITS_16) === (high & BITS_16) && page[at + 1] === low >>> 0;

/** The fields of one item at a time, in arrays that the next one fills again: of millions, none gets arrays of its own. */
class Fields {
  readonly names: string[] = [];
  readonly values: unknown[] = [];
  count = 0;

  of(item: TableItem): this {
    this.count = 0;
    const attributes = (item.attributes ?? {}) as Record<string, unknown>;
    for (const name of Object.keys(attributes)) this.#add(name, attributes[name]);
    for (const field of FIELDS) if (item[field] !== undefined) this.#add(field, item[field]);
    return this;
  }

  #add(name: string, value: unknown): void {
    this.names[this.count] = name;
    this.values[this.count] = value;
    this.count += 1;
  }
}
