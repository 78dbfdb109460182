import { textDigest } from '../../backup/hashing.ts';

/** Finds users of the plan by the `sub` of their account in the new pool: 8 to 16 bytes per user. */
export class OrdinalsBySub {
  readonly #slots: Uint32Array;
  readonly #mask: number;

  /** `newSubAt`: of the user with that ordinal; undefined where no account is on record. */
  constructor(
    users: number,
    private readonly newSubAt: (ordinal: number) => string | undefined,
  ) {
    let slots = 16;
    while (slots < users * 2) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#mask = slots - 1;
    for (let ordinal = 0; ordinal < users; ordinal += 1) this.add(ordinal);
  }

  /** The user has an account on record by now. */
  add(ordinal: number): void {
    const newSub = this.newSubAt(ordinal);
    if (newSub === undefined) return;
    for (let slot = this.#first(newSub); ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] as number;
      if (entry === ordinal + 1) return;
      if (entry !== 0) continue;
      this.#slots[slot] = ordinal + 1;
      return;
    }
  }

  find(newSub: string): number | undefined {
    for (let slot = this.#first(newSub); ; slot = (slot + 1) & this.#mask) {
      const entry = this.#slots[slot] as number;
      if (entry === 0) return undefined;
      if (this.newSubAt(entry - 1) === newSub) return entry - 1;
    }
  }

  #first(newSub: string): number {
    return textDigest(newSub).readUInt32BE(0) & this.#mask;
  }
}
