import { Slots } from '../digests/slots.ts';
import type { LightItem } from './light-item.ts';

/** Halves of a digest of the key, and of one of the content. */
const WORDS = 4;

/** Finds items by their keys, and tells whether their content is the same: 24 to 32 bytes each. */
export class ItemTable {
  readonly #words: Uint32Array;
  readonly #slots: Slots;
  #size = 0;

  /** Room for so many items. */
  constructor(most: number) {
    this.#words = new Uint32Array(most * WORDS);
    this.#slots = new Slots(most);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an item with a key of its own. */
  add({ keyHigh, keyLow, contentHigh, contentLow }: LightItem): void {
    const at = this.#size * WORDS;
    this.#words[at] = keyHigh;
    this.#words[at + 1] = keyLow;
    this.#words[at + 2] = contentHigh;
    this.#words[at + 3] = contentLow;
    this.#slots.put(this.#slots.seek(keyHigh, never).slot, this.#size);
    this.#size += 1;
  }

  /** Ordinal of the item with this key; undefined when there is none. */
  find({ keyHigh, keyLow }: LightItem): number | undefined {
    const words = this.#words;
    return this.#slots.seek(
      keyHigh,
      (ordinal) => words[ordinal * WORDS] === keyHigh && words[ordinal * WORDS + 1] === keyLow,
    ).found;
  }

  /** Whether the item with this ordinal has the same content. */
  isSame(ordinal: number, { contentHigh, contentLow }: LightItem): boolean {
    const at = ordinal * WORDS;
    return this.#words[at + 2] === contentHigh && this.#words[at + 3] === contentLow;
  }
}

const never = (): boolean => false;
