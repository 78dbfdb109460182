import { Slots } from '../digests/slots.ts';
import type { LightItem } from './light-item.ts';

/** Finds items by their keys, and tells whether their content is the same: 24 to 32 bytes each. */
export class ItemTable {
  /** Both halves of the key's digest per item, and of the content's. */
  #keys: Uint32Array;
  #contents: Uint32Array;
  #slots: Slots;
  #size = 0;
  /** The ordinal behind the one that was found last: two runs mostly have their items in the same order. */
  #next = 0;

  /** Room for so many items. */
  constructor(most: number) {
    this.#keys = new Uint32Array(most * 2);
    this.#contents = new Uint32Array(most * 2);
    this.#slots = new Slots(most);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an item with a key of its own. */
  add({ keyHigh, keyLow, contentHigh, contentLow }: LightItem): void {
    const at = this.#size * 2;
    this.#keys[at] = keyHigh;
    this.#keys[at + 1] = keyLow;
    this.#contents[at] = contentHigh;
    this.#contents[at + 1] = contentLow;
    this.#slots.put(this.#slots.seek(keyHigh, never).slot, this.#size);
    this.#size += 1;
  }

  /** Ordinal of the item with this key; undefined when there is none. */
  find({ keyHigh, keyLow }: LightItem): number | undefined {
    const next = this.#next;
    const found =
      next < this.#size && this.#has(next, keyHigh, keyLow)
        ? next
        : this.#slots.seek(keyHigh, (ordinal) => this.#has(ordinal, keyHigh, keyLow)).found;
    if (found !== undefined) this.#next = found + 1;
    return found;
  }

  #has(ordinal: number, keyHigh: number, keyLow: number): boolean {
    return this.#keys[ordinal * 2] === keyHigh && this.#keys[ordinal * 2 + 1] === keyLow;
  }

  /** Whether the item with this ordinal has the same content. */
  isSame(ordinal: number, { contentHigh, contentLow }: LightItem): boolean {
    const at = ordinal * 2;
    return this.#contents[at] === contentHigh && this.#contents[at + 1] === contentLow;
  }

  /** Nothing is asked for any more: what is held goes. */
  forget(): void {
    this.#keys = this.#contents = new Uint32Array(0);
    this.#slots = new Slots(0);
    this.#size = 0;
  }
}

const never = (): boolean => false;
