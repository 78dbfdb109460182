import { isNamed } from '../../errors.ts';
import type { Page } from '../../ports.ts';

/** Chains of pages are numbered; those below `next` that are not open have ended. */
export interface ChainProgress {
  readonly next: number;
  readonly open: readonly { readonly id: number; readonly token?: string }[];
}

const MAX_TOKEN_RESTARTS = 20;

/** Enough to reach 25 calls/s at 150 ms a page; the pacer keeps the ceiling. */
const WIDTH = 4;

/**
 * Several listings at once, each a chain of pages. A page is applied and its token moved on in one step without an await
 * in between, so that `progress` always matches what was applied. A refused token starts its chain anew.
 */
export class Chains<T> {
  readonly #open: Map<number, string | undefined>;
  #next: number;
  #restarts = 0;

  constructor(
    private readonly total: number,
    progress: ChainProgress,
    private readonly fetch: (id: number, token: string | undefined) => Promise<Page<T>>,
    private readonly apply: (id: number, items: readonly T[]) => void,
  ) {
    this.#next = progress.next;
    this.#open = new Map(progress.open.map(({ id, token }) => [id, token]));
  }

  get progress(): ChainProgress {
    return { next: this.#next, open: [...this.#open].map(([id, token]) => ({ id, ...(token === undefined ? {} : { token }) })) };
  }

  get done(): boolean {
    return this.#open.size === 0 && this.#next >= this.total;
  }

  /** Runs until all chains have ended or `stop`; `afterPage` may store the progress. */
  async run(stop: () => boolean, afterPage: () => Promise<void>): Promise<void> {
    const resumed = [...this.#open.keys()];
    let failed = false;
    const worker = async (): Promise<void> => {
      for (let id = this.#take(resumed); id !== undefined; id = this.#take(resumed)) {
        while (this.#open.has(id)) {
          if (failed || stop()) return;
          await this.#page(id);
          await afterPage();
        }
        if (failed || stop()) return;
      }
    };
    const guarded = async (): Promise<void> => worker().catch((error: unknown) => { failed = true; throw error; });
    const outcomes = await Promise.allSettled(Array.from({ length: WIDTH }, guarded));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #take(resumed: number[]): number | undefined {
    const id = resumed.shift();
    if (id !== undefined) return id;
    if (this.#next >= this.total) return undefined;
    this.#open.set(this.#next, undefined);
    this.#next += 1;
    return this.#next - 1;
  }

  async #page(id: number): Promise<void> {
    try {
      const { items, next } = await this.fetch(id, this.#open.get(id));
      this.apply(id, items);
      if (next === undefined) this.#open.delete(id);
      else this.#open.set(id, next);
    } catch (error) {
      if (!isNamed(error, 'InvalidPaginationToken') || this.#restarts >= MAX_TOKEN_RESTARTS) throw error;
      this.#restarts += 1;
      this.#open.set(id, undefined);
    }
  }
}
