import * as v from 'valibot';
import { isNamed } from '../errors.ts';
import { nextToken } from './next-token.ts';
import type { Page } from '../ports.ts';
import { countShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

export const chainProgressShape = v.object({
  next: countShape,
  open: v.array(
    v.object({
      id: countShape,
      token: v.exactOptional(v.string()),
      /** Items of this chain so far that the plan does not know; they are counted again when it starts again. */
      unknown: v.exactOptional(countShape),
    }),
  ),
});
/** Chains of pages are numbered; those below `next` that are not open have ended. */
export type ChainProgress = Stored<typeof chainProgressShape>;

interface OpenChain {
  readonly token?: string;
  readonly unknown: number;
}

/** What becomes of the pages. */
export interface PageUse<T> {
  /** Returns how many items the plan does not know, after adding them to their count. */
  readonly apply: (id: number, items: readonly T[]) => number;
  /** A chain starts anew: takes so many off that count again. */
  readonly forget: (unknown: number) => void;
}

const MAX_TOKEN_RESTARTS = 20;

/** Enough to reach 25 calls/s at 150 ms a page; the pacer keeps the ceiling. */
const WIDTH = 4;

/**
 * Several listings at once, each a chain of pages. A page is applied and its token moved on in one step without an await
 * in between, so that `progress` always matches what was applied. A token that is refused, or that leads back to itself,
 * starts its chain anew.
 */
export class Chains<T> {
  readonly #open: Map<number, OpenChain>;
  #next: number;
  #restarts = 0;

  constructor(
    private readonly total: number,
    progress: ChainProgress,
    private readonly fetch: (id: number, token: string | undefined) => Promise<Page<T>>,
    private readonly use: PageUse<T>,
  ) {
    this.#next = progress.next;
    this.#open = new Map(progress.open.map(({ id, unknown = 0, ...rest }) => [id, { ...rest, unknown }]));
  }

  get progress(): ChainProgress {
    return {
      next: this.#next,
      open: [...this.#open].map(([id, { token, unknown }]) => ({
        id,
        ...(token === undefined ? {} : { token }),
        ...(unknown === 0 ? {} : { unknown }),
      })),
    };
  }

  get done(): boolean {
    return this.#open.size === 0 && this.#next >= this.total;
  }

  /** Runs until all chains have ended or `stop`; `afterPage` may store the progress. */
  async run(stop: () => boolean, afterPage: () => void): Promise<void> {
    const resumed = [...this.#open.keys()];
    let failed = false;
    const worker = async (): Promise<void> => {
      for (let id = this.#take(resumed); id !== undefined; id = this.#take(resumed)) {
        while (this.#open.has(id)) {
          if (failed || stop()) return;
          await this.#page(id);
          afterPage();
        }
        if (failed || stop()) return;
      }
    };
    const guarded = async (): Promise<void> =>
      worker().catch((error: unknown) => {
        failed = true;
        throw error;
      });
    const outcomes = await Promise.allSettled(Array.from({ length: WIDTH }, guarded));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  #take(resumed: number[]): number | undefined {
    const id = resumed.shift();
    if (id !== undefined) return id;
    if (this.#next >= this.total) return undefined;
    this.#open.set(this.#next, { unknown: 0 });
    this.#next += 1;
    return this.#next - 1;
  }

  async #page(id: number): Promise<void> {
    const { token, unknown } = this.#open.get(id) ?? { unknown: 0 };
    try {
      const page = await this.fetch(id, token);
      const next = nextToken(page, token);
      const more = this.use.apply(id, page.items);
      if (next === undefined) this.#open.delete(id);
      else this.#open.set(id, { token: next, unknown: unknown + more });
    } catch (error) {
      if (!isNamed(error, 'InvalidPaginationToken') || this.#restarts >= MAX_TOKEN_RESTARTS) throw error;
      this.#restarts += 1;
      this.use.forget(unknown);
      this.#open.set(id, { unknown: 0 });
    }
  }
}
