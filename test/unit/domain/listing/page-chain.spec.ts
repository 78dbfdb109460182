import { expect } from 'chai';
import { Fault } from '../../../../source/domain/errors.ts';
import {
  findInPages,
  followChain,
  MAX_RESTARTS,
  newChain,
  withToken,
} from '../../../../source/domain/listing/page-chain.ts';
import type { Page } from '../../../../source/domain/ports.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../support/rejection.ts';

/** A listing of `length` pages of one item each: the number of the page. Tokens are the numbers, too. */
const listing =
  (length: number) =>
  (token: string | undefined): Promise<Page<number>> => {
    const at = Number(token ?? 0);
    return Promise.resolve({ items: [at], ...(at + 1 < length ? { next: String(at + 1) } : {}) });
  };
const refused = (): Promise<never> => Promise.reject(new Fault('InvalidPaginationToken', 'refused'));

describe('followChain', () => {
  it('applies every page in order and ends done, without a token', async () => {
    const chain = newChain();
    const applied: number[] = [];
    await followChain(chain, { fetch: listing(4), apply: (items) => void applied.push(...items) });
    expect(applied).to.deep.equal([0, 1, 2, 3]);
    expect(chain).to.deep.equal({ done: true, restarts: 0 });
  });

  it('fetches nothing for a chain that is done, or where it is to stop', async () => {
    const never = { fetch: () => Promise.reject(new Error('never')), apply: () => undefined };
    await followChain({ done: true, restarts: 0 }, never);
    await followChain(newChain(), { ...never, stop: () => true });
  });

  it('fetches the next page while one is stored, where that is asked for', async () => {
    for (const prefetch of [true, false]) {
      const clock = new FakeClock();
      await followChain(newChain(), {
        fetch: async (token) => {
          await clock.sleep(100);
          return listing(3)(token);
        },
        apply: () => clock.sleep(100),
        prefetch,
      });
      expect(clock.elapsed).to.equal(prefetch ? 400 : 600);
    }
  });

  it('applies a page that was fetched ahead also when it is to stop meanwhile', async () => {
    const chain = newChain();
    const fetched: (string | undefined)[] = [];
    const applied: number[] = [];
    await followChain(chain, {
      fetch: (token) => {
        fetched.push(token);
        return listing(5)(token);
      },
      apply: async (items) => void applied.push(...items),
      stop: () => applied.length > 0,
      prefetch: true,
    });
    expect(fetched).to.deep.equal([undefined, '1']);
    expect(applied).to.deep.equal([0, 1]);
    expect(chain).to.deep.equal({ token: '2', done: false, restarts: 0 });
  });

  it('moves on in the same step in which a page is applied at once', async () => {
    const chain = newChain();
    let behind = 0;
    const looks: boolean[] = [];
    const look = (): void => void looks.push(Number(chain.token ?? (chain.done ? 4 : 0)) === behind);
    await followChain(chain, {
      fetch: (token) => listing(4)(token),
      apply: () => {
        behind += 1;
        // As early as anything else can run.
        process.nextTick(look);
        queueMicrotask(look);
      },
    });
    await new Promise(setImmediate);
    expect(looks).to.have.lengthOf(8);
    expect(looks.every(Boolean)).to.equal(true);
  });

  it('begins again where a token is refused or leads back to itself', async () => {
    for (const spoilt of [refused, () => Promise.resolve({ items: [2], next: '2' })]) {
      const chain = newChain();
      const applied: number[] = [];
      let restarts = 0;
      let spoils = 3;
      await followChain<number>(chain, {
        fetch: (token) => (token === '2' && (spoils -= 1) >= 0 ? spoilt() : listing(4)(token)),
        apply: (items) => void applied.push(...items),
        restarted: () => (restarts += 1),
      });
      expect(applied).to.deep.equal([0, 1, 0, 1, 0, 1, 0, 1, 2, 3]);
      expect(chain).to.deep.equal({ done: true, restarts: 3 });
      expect(restarts).to.equal(3);
    }
  });

  it(`gives up after ${MAX_RESTARTS} restarts, and leaves the chain as it was`, async () => {
    const chain = newChain();
    const work = { fetch: (token?: string) => (token === '1' ? refused() : listing(3)(token)), apply: () => undefined };
    for (let time = 0; time < 2; time += 1) {
      const error = await rejection(followChain(chain, work));
      expect(error).to.include({ name: 'ServiceError' });
      expect(error.message).to.contain(`${MAX_RESTARTS} times`).and.to.contain('Start the workflow again.');
      expect(chain).to.deep.equal({ token: '1', done: false, restarts: MAX_RESTARTS });
    }
  });

  it('ends with any other failure, of a page or of what stores it; the chain stays before that page', async () => {
    const chain = newChain();
    const fetch = (token?: string): Promise<Page<number>> =>
      token === '2' ? Promise.reject(new Fault('Throttled', 'slow down')) : listing(4)(token);
    const error = await rejection(followChain(chain, { fetch, apply: () => undefined, prefetch: true }));
    expect(error).to.include({ name: 'Throttled' });
    expect(chain).to.include({ token: '2', restarts: 0 });
    const unstored = newChain();
    const apply = (): Promise<void> => Promise.reject(new Error('not stored'));
    expect((await rejection(followChain(unstored, { fetch: listing(2), apply, prefetch: true }))).message).to.equal(
      'not stored',
    );
    expect(unstored).to.deep.equal(newChain());
  });
});

describe('findInPages', () => {
  it('looks no further than the first page that shows it', async () => {
    const fetched: (string | undefined)[] = [];
    const fetch = (token: string | undefined): Promise<Page<number>> => {
      fetched.push(token);
      return listing(5)(token);
    };
    expect(await findInPages(fetch, (items) => items.find((at) => at === 2))).to.equal(2);
    expect(fetched).to.deep.equal([undefined, '1', '2']);
    expect(await findInPages(fetch, () => undefined)).to.equal(undefined);
    expect(fetched).to.have.lengthOf(8);
  });

  it('begins again as any other chain does', async () => {
    let refusals = 2;
    const fetch = (token: string | undefined): Promise<Page<number>> =>
      token === '1' && (refusals -= 1) >= 0 ? refused() : listing(3)(token);
    expect(await findInPages(fetch, (items) => items.find((at) => at === 2))).to.equal(2);
  });
});

describe('withToken', () => {
  it('names a token only where there is one', () => {
    expect(withToken(undefined)).to.deep.equal({});
    expect(withToken('a')).to.deep.equal({ token: 'a' });
  });
});
