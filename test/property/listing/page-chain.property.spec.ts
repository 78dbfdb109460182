import { expect } from 'chai';
import fc from 'fast-check';
import { Fault, isNamed } from '../../../source/domain/errors.ts';
import { Chains } from '../../../source/domain/listing/chains.ts';
import type { ChainProgress } from '../../../source/domain/listing/chains.ts';
import { followChain, MAX_RESTARTS, newChain } from '../../../source/domain/listing/page-chain.ts';
import type { ChainState } from '../../../source/domain/listing/page-chain.ts';
import type { Page } from '../../../source/domain/ports.ts';

/** What happens to one call of a listing. */
type Fate = 'answered' | 'refused' | 'leads back' | 'throttled' | 'empty';
const fates = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant<Fate>('answered') },
    { weight: 1, arbitrary: fc.constantFrom<Fate>('refused', 'leads back', 'throttled', 'empty') },
  ),
  { maxLength: 80 },
);
const stops = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 8 });

/** A listing of `length` pages of one item each, to which the fates happen call by call; when they are used up, all goes well. */
class Listing {
  readonly #fates: Fate[];
  #empties = 0;
  /** Tokens that were refused or led back. */
  spoilt = 0;

  constructor(
    private readonly length: number,
    all: readonly Fate[],
  ) {
    this.#fates = [...all];
  }

  page = async (token: string | undefined): Promise<Page<number>> => {
    await Promise.resolve();
    const at = Number(token?.split('.')[0] ?? 0);
    const fate = this.#fates.shift() ?? 'answered';
    if (fate === 'throttled') throw new Fault('Throttled', 'slow down');
    if (fate === 'empty') return { items: [], next: `${at}.${(this.#empties += 1)}` };
    if (token !== undefined && fate !== 'answered') {
      this.spoilt += 1;
      if (fate === 'leads back') return { items: [at], next: token };
      throw new Fault('InvalidPaginationToken', 'refused');
    }
    return { items: [at], ...(at + 1 < this.length ? { next: `${at + 1}` } : {}) };
  };
}

const everyPage = (length: number): number[] => Array.from({ length }, (_, at) => at);
const stored = <T>(state: T): T => JSON.parse(JSON.stringify(state)) as T;

describe('a chain of pages, whatever happens to its calls', () => {
  it('loses no item, stopped, failed and resumed anywhere, and begins again at most so often as its limit says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fates,
        stops,
        fc.boolean(),
        async (length, all, slices, prefetch) => {
          const listing = new Listing(length, all);
          const applied = new Set<number>();
          let saved: ChainState = newChain();
          let restarts = 0;
          let refused = false;
          for (let turn = 0; !saved.done && !refused; turn += 1) {
            const chain = stored(saved);
            let left = slices[turn] ?? Infinity;
            try {
              await followChain<number>(chain, {
                fetch: listing.page,
                apply: prefetch
                  ? async (items) => {
                      await Promise.resolve();
                      items.forEach((item) => applied.add(item));
                    }
                  : (items) => items.forEach((item) => applied.add(item)),
                restarted: () => (restarts += 1),
                moved: () => {
                  // Only what lies behind the token may be missing.
                  const behind = chain.done ? length : Number(chain.token?.split('.')[0] ?? 0);
                  for (let at = 0; at < behind; at += 1) expect(applied.has(at)).to.equal(true);
                  saved = stored(chain);
                },
                stop: () => (left -= 1) < 0,
                prefetch,
              });
            } catch (error) {
              if (!isNamed(error, 'Throttled', 'ServiceError')) throw error;
              refused = isNamed(error, 'ServiceError');
            }
            saved = stored(chain);
          }
          expect(restarts).to.be.at.most(MAX_RESTARTS);
          expect(saved.restarts).to.equal(restarts);
          if (refused) expect(restarts).to.equal(MAX_RESTARTS);
          else expect([...applied].sort((a, b) => a - b)).to.deep.equal(everyPage(length));
          if (!prefetch) expect(listing.spoilt).to.equal(restarts + Number(refused));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('is one of several at once, which together lose no item and count each unknown one once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 9 }),
        fates,
        stops,
        async (lengths, all, slices) => {
          const listings = lengths.map((length, id) => new Listing(length, all.slice(id * 9, id * 9 + 9)));
          const applied = new Set<string>();
          let unknown = 0;
          let progress: ChainProgress = { next: 0, open: [] };
          for (let turn = 0, done = false; !done; turn += 1) {
            const chains: Chains<number> = new Chains<number>(
              lengths.length,
              progress,
              (id, token) => (listings[id] as Listing).page(token),
              {
                apply: (id, items) => {
                  for (const item of items) applied.add(`${id}.${item}`);
                  unknown += items.length;
                  return items.length;
                },
                forget: (count) => {
                  unknown -= count;
                },
              },
            );
            let left = slices[turn] ?? Infinity;
            try {
              await chains.run(
                () => (left -= 1) < 0,
                () => {
                  progress = stored(chains.progress);
                },
              );
            } catch (error) {
              if (!isNamed(error, 'Throttled')) throw error;
            }
            progress = stored(chains.progress);
            done = chains.done;
          }
          const everything = lengths.flatMap((length, id) => everyPage(length).map((at) => `${id}.${at}`));
          expect([...applied].sort()).to.deep.equal(everything.sort());
          expect(unknown).to.equal(everything.length);
          expect(progress).to.deep.equal({ next: lengths.length, open: [] });
        },
      ),
      { numRuns: 200 },
    );
  });
});
