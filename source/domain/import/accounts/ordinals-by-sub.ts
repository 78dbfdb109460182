import { textDigest } from '../../backup/hashing.ts';
import { Slots } from '../../digests/slots.ts';

/** Finds users of the plan by the `sub` of their account in the new pool: 8 to 16 bytes per user. */
export class OrdinalsBySub {
  readonly #slots: Slots;

  /** `newSubAt`: of the user with that ordinal; undefined where no account is on record. */
  constructor(
    users: number,
    private readonly newSubAt: (ordinal: number) => string | undefined,
  ) {
    this.#slots = new Slots(users);
    for (let ordinal = 0; ordinal < users; ordinal += 1) this.add(ordinal);
  }

  /** The user has an account on record by now. */
  add(ordinal: number): void {
    const newSub = this.newSubAt(ordinal);
    if (newSub === undefined) return;
    const { slot, found } = this.#slots.seek(hashOf(newSub), (other) => other === ordinal);
    if (found === undefined) this.#slots.put(slot, ordinal);
  }

  find(newSub: string): number | undefined {
    return this.#slots.seek(hashOf(newSub), (ordinal) => this.newSubAt(ordinal) === newSub).found;
  }
}

const hashOf = (newSub: string): number => textDigest(newSub).readUInt32BE(0);
