import { itemKind } from '../backup/items.ts';
import type { ItemKind } from '../backup/items.ts';
import { QuickDigest } from '../digests/quick-digest.ts';
import type { TableItem } from '../ports.ts';
import type { LightItem } from './light-item.ts';

const ID = '"id":"';
const TYPE = '"type":"';
const CONTENT_HASH = '"contentHash":"';
/** Digits of a content hash that are read at a time. */
const HALF = 8;

/**
 * Walks over lines of JSON as JSON.stringify wrote them, and takes from each the key and the content hash without taking it
 * apart: no attribute of a user is called as these, and a quote within a text is escaped.
 */
export class ItemLine implements LightItem {
  kind: ItemKind = 'user';
  keyHigh = 0;
  keyLow = 0;
  contentHigh = 0;
  contentLow = 0;
  /** False where the line must be taken apart: it is written otherwise, or no content of a backup. */
  isLight = false;
  readonly whole = (): TableItem => this.itemAt(this.#from, this.#end);

  /** A character per byte. */
  readonly #text: string;
  readonly #digest = new QuickDigest();
  #from = 0;
  #end = -1;
  /** Where the content hash of the line before was, from its end. */
  #hashBeforeEnd = 0;
  /** The id of the line before with its closing quote, and its digest: items of one user are one after the other. */
  #id = '';
  #idHigh = 0;
  #idLow = 0;

  /** `itemAt`: the item in the bytes between two places. */
  constructor(
    bytes: Buffer,
    private readonly itemAt: (from: number, to: number) => TableItem,
  ) {
    this.#text = bytes.toString('latin1');
  }

  /** Goes to the next line, and reads it; false when there is none. */
  next(): boolean {
    if (!this.step()) return false;
    this.isLight = this.#read();
    return true;
  }

  /** Goes to the next line, of which nothing but `whole` is asked. */
  step(): boolean {
    this.#from = this.#end + 1;
    this.#end = this.#text.indexOf('\n', this.#from);
    return this.#end >= 0;
  }

  #read(): boolean {
    const text = this.#text;
    const id = this.#behind(ID, this.#from + 1);
    if (id < 0) return false;
    const digest = this.#digest;
    if (this.#id !== '' && text.startsWith(this.#id, id)) digest.resume(this.#idHigh, this.#idLow);
    else if (!this.#readId(id)) return false;
    const idEnd = id + this.#id.length - 1;
    const type = this.#behind(TYPE, idEnd + 2);
    const hash = this.#behind(CONTENT_HASH, this.#end - this.#hashBeforeEnd);
    if (type < 0 || hash < 0) return false;
    this.#hashBeforeEnd = this.#end - hash + CONTENT_HASH.length;
    const typeEnd = digest.addJson(text, type);
    const kind = typeEnd < 0 ? undefined : itemKind({ id: text.slice(id, idEnd), type: text.slice(type, typeEnd) });
    if (kind === undefined) return false;
    this.kind = kind;
    this.keyHigh = digest.high >>> 0;
    this.keyLow = digest.low >>> 0;
    this.contentHigh = hexAt(text, hash);
    this.contentLow = hexAt(text, hash + HALF);
    return this.contentHigh >= 0 && this.contentLow >= 0;
  }

  /** False where the id has escapes. */
  #readId(id: number): boolean {
    const digest = this.#digest.begin();
    const end = digest.addJson(this.#text, id);
    this.#id = end < 0 ? '' : this.#text.slice(id, end + 1);
    this.#idHigh = digest.high;
    this.#idLow = digest.low;
    return end >= 0;
  }

  /** The place behind the name of a field of this line, which is likely there; -1 where it has none. */
  #behind(name: string, likely: number): number {
    const text = this.#text;
    const at = text.startsWith(name, likely) ? likely : text.indexOf(name, this.#from);
    return at < this.#from || at > this.#end ? -1 : at + name.length;
  }
}

/** The number that eight hex digits say; -1 where they are none. */
function hexAt(text: string, from: number): number {
  let value = 0;
  for (let at = from; at < from + HALF; at += 1) {
    const code = text.charCodeAt(at);
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}
