import * as v from 'valibot';
import { forEachAtOnce } from '../concurrency.ts';
import type { Page } from '../ports.ts';
import { countShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { followChain, newChain } from './page-chain.ts';
import type { ChainState } from './page-chain.ts';
import { fullPagesShape, NO_FULL_PAGES, withFullPage } from './page-density.ts';
import type { FullPages } from './page-density.ts';

export const chainProgressShape = v.object({
  next: countShape,
  open: v.array(
    v.object({
      id: countShape,
      token: v.exactOptional(v.string()),
      /** Items of this chain so far that the plan does not know; they are counted again when it begins again. */
      unknown: v.exactOptional(countShape),
    }),
  ),
  /** Of chains whose pages are counted; see PageUse. */
  full: v.exactOptional(fullPagesShape),
});
/** Chains of pages are numbered; those below `next` that are not open have ended. */
export type ChainProgress = Stored<typeof chainProgressShape>;

/** No chain has begun. */
export const NO_CHAINS: ChainProgress = { next: 0, open: [] };

interface OpenChain extends ChainState {
  readonly id: number;
  unknown: number;
  /** Items of the page that was applied last. */
  onPage: number;
}

/** What becomes of the pages. */
export interface PageUse<T> {
  /** Returns how many items the plan does not know, after adding them to their count. */
  readonly apply: (id: number, items: readonly T[]) => number;
  /** A chain begins again: takes so many off that count again. */
  readonly forget: (unknown: number) => void;
  /** Counts the pages behind which more follow. */
  readonly counted?: boolean;
}

/** Enough to reach 25 calls/s at 150 ms a page; the pacer keeps the ceiling. */
const CHAINS_AT_A_TIME = 4;

/**
 * Several listings at once, each a chain of pages (see followChain). A page is applied and its token moved on in one step,
 * so that `progress` always matches what was applied.
 */
export class Chains<T> {
  readonly #open: Map<number, OpenChain>;
  #next: number;
  #full: FullPages;

  constructor(
    private readonly total: number,
    progress: ChainProgress,
    private readonly fetch: (id: number, token: string | undefined) => Promise<Page<T>>,
    private readonly use: PageUse<T>,
  ) {
    this.#next = progress.next;
    this.#full = progress.full ?? NO_FULL_PAGES;
    this.#open = new Map(progress.open.map((chain) => [chain.id, { ...newChain(), unknown: 0, onPage: 0, ...chain }]));
  }

  get full(): FullPages {
    return this.#full;
  }

  get progress(): ChainProgress {
    return {
      next: this.#next,
      open: [...this.#open.values()].map(({ id, token, unknown }) => ({
        id,
        ...(token === undefined ? {} : { token }),
        ...(unknown === 0 ? {} : { unknown }),
      })),
      ...(this.#full.pages === 0 ? {} : { full: this.#full }),
    };
  }

  get done(): boolean {
    return this.#open.size === 0 && this.#next >= this.total;
  }

  /** Runs until all chains have ended or `stop`; `afterPage` may store the progress. */
  async run(stop: () => boolean, afterPage: () => void): Promise<void> {
    await forEachAtOnce(this.#chains(stop), CHAINS_AT_A_TIME, (chain, failed) =>
      followChain<T>(chain, {
        fetch: (token) => this.fetch(chain.id, token),
        apply: (items) => {
          chain.unknown += this.use.apply(chain.id, items);
          chain.onPage = items.length;
        },
        restarted: () => {
          this.use.forget(chain.unknown);
          chain.unknown = 0;
        },
        moved: () => {
          if (chain.done) this.#open.delete(chain.id);
          else if (this.use.counted === true) this.#full = withFullPage(this.#full, chain.onPage);
          afterPage();
        },
        stop: () => failed() || stop(),
      }),
    );
  }

  /** Those that an earlier run left open first; each of the others is opened when its turn comes. */
  *#chains(stop: () => boolean): Generator<OpenChain, void, undefined> {
    yield* [...this.#open.values()];
    while (this.#next < this.total && !stop()) {
      const chain: OpenChain = { ...newChain(), id: this.#next, unknown: 0, onPage: 0 };
      this.#next += 1;
      this.#open.set(chain.id, chain);
      yield chain;
    }
  }
}
