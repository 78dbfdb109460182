/** Where an entry is, or would be put. */
export interface Slot {
  readonly slot: number;
  /** Ordinal of the entry that is there. */
  readonly found: number | undefined;
}

/**
 * Finds entries by a hash of 32 bits: open addressing with linear probing over their ordinals, at most half full, so that
 * it costs 8 to 16 bytes per entry. What an entry is, its owner knows.
 */
export class Slots {
  readonly #slots: Uint32Array;
  readonly #mask: number;

  /** Room for so many entries. */
  constructor(entries: number) {
    let slots = 16;
    while (slots < entries * 2) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
  }

  /** Entries that there is room for. */
  get room(): number {
    return this.#slots.length / 2;
  }

  /** `isWanted`: whether the entry with this ordinal is the one that is looked for. */
  seek(hash: number, isWanted: (ordinal: number) => boolean): Slot {
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return { slot, found: undefined };
      if (isWanted(entry - 1)) return { slot, found: entry - 1 };
    }
  }

  /** Puts an entry where `seek` did not find it. */
  put(slot: number, ordinal: number): void {
    this.#slots[slot] = ordinal + 1;
  }
}
