/** Ctrl-C. A command that follows work which goes on without it says so; any other is simply ended. */
export class Interruption {
  readonly #controller = new AbortController();
  #followers = 0;
  #tell: () => void = () => undefined;

  /** Says so where the command is cut short. */
  whenCut(tell: () => void): void {
    this.#tell = tell;
  }

  /** Runs work that watches the signal and ends by itself when it is aborted. */
  async follow<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.#followers += 1;
    try {
      return await work(this.#controller.signal);
    } finally {
      this.#followers -= 1;
    }
  }

  /** Ctrl-C was pressed. False when nobody ends by himself: then, and at the second time, the process has to end. */
  interrupt(): boolean {
    const again = this.#controller.signal.aborted;
    this.#controller.abort();
    if (!again && this.#followers > 0) return true;
    this.#tell();
    return false;
  }
}

/** Resolves at Ctrl-C. One for all waits of a command: Node warns of more than ten listeners. */
export const abortOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
