import { saveIntervalMs } from './save-interval.ts';

/**
 * Runs the saves of one invocation one after the other. Those that are due by time run while the work goes on, so that
 * they may be frequent; a failure of theirs ends the work at the next look.
 */
export class SaveQueue {
  #last: Promise<void> = Promise.resolve();
  #busy = false;
  #savedAt: number;
  #failure: { readonly error: unknown } | undefined;

  /** `since`: when the work as a whole began, milliseconds since the epoch; `store` stores the state of the moment at which it is called. */
  constructor(
    private readonly now: () => number,
    private readonly since: number,
    private readonly store: () => Promise<void>,
  ) {
    this.#savedAt = now();
  }

  /** Begins a save when the last one is long ago, or `early`; not while another one runs. Throws what an earlier one failed with. */
  saveIfDue(early = false): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#busy || !(early || this.#due)) return;
    this.save().catch((error: unknown) => {
      this.#failure ??= { error };
    });
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

  get #due(): boolean {
    const now = this.now();
    return now - this.#savedAt >= saveIntervalMs(now - this.since);
  }
}
