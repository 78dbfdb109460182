/**
 * Runs tasks with at most `size` in flight; tasks of the same key run one after the other in the order in which they
 * were given. After a failure nothing new begins; `drain` waits for what runs and then throws the first failure.
 */
export class OrderedWindow {
  readonly #running = new Set<Promise<void>>();
  readonly #lastOf = new Map<string, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(private readonly size: number) {}

  get failed(): boolean {
    return this.#failure !== undefined;
  }

  /** Resolves when the task has its place, not when it has ended. */
  async run(key: string, task: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.size) await Promise.race(this.#running);
    const before = this.#lastOf.get(key) ?? Promise.resolve();
    const work = before
      .then(() => (this.#failure === undefined ? task() : undefined))
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#running.delete(work);
        if (this.#lastOf.get(key) === work) this.#lastOf.delete(key);
      });
    this.#running.add(work);
    this.#lastOf.set(key, work);
  }

  async drain(): Promise<void> {
    await Promise.all(this.#running);
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

/** Numbers that end out of order: everything below `mark` has ended. */
export class LowWater {
  readonly #above = new Set<number>();
  #mark: number;

  constructor(from: number) {
    this.#mark = from;
  }

  get mark(): number {
    return this.#mark;
  }

  end(index: number): void {
    this.#above.add(index);
    while (this.#above.delete(this.#mark)) this.#mark += 1;
  }
}
