import { saveIntervalMs } from './save-interval.ts';

/** Runs the saves of one invocation one after the other, and tells when the next is due. */
export class SaveQueue {
  #last: Promise<void> = Promise.resolve();
  #busy = false;
  #savedAt: number;

  /** `since`: when the work as a whole began, milliseconds since the epoch; `store` stores the state of that moment. */
  constructor(private readonly now: () => number, private readonly since: number, private readonly store: () => Promise<void>) {
    this.#savedAt = now();
  }

  get busy(): boolean {
    return this.#busy;
  }

  /** True when the last save is long ago. */
  get due(): boolean {
    const now = this.now();
    return now - this.#savedAt >= saveIntervalMs(now - this.since);
  }

  /** Saves after the saves that were asked for before; a failure of theirs does not keep this one from trying. */
  async save(): Promise<void> {
    const saving = this.#last.then(() => {
      this.#savedAt = this.now();
      return this.store();
    });
    this.#last = saving.catch(() => undefined);
    this.#busy = true;
    try {
      await saving;
    } finally {
      this.#busy = false;
    }
  }
}
