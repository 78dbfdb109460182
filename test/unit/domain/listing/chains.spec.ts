import { expect } from 'chai';
import fc from 'fast-check';
import { Fault } from '../../../../source/domain/errors.ts';
import { Chains } from '../../../../source/domain/listing/chains.ts';
import type { ChainProgress } from '../../../../source/domain/listing/chains.ts';
import type { Page } from '../../../../source/domain/ports.ts';
import { rejection } from '../../../support/rejection.ts';

/** Chain `id` has `lengths[id]` pages of one item each. */
const pages = (
  lengths: readonly number[],
  seen: string[],
  progress: ChainProgress,
  refuse: () => boolean = () => false,
): Chains<string> =>
  new Chains<string>(
    lengths.length,
    progress,
    (id, token = '0'): Promise<Page<string>> => {
      if (refuse()) return Promise.reject(new Fault('InvalidPaginationToken', 'refused'));
      const at = Number(token);
      return Promise.resolve({
        items: [`${id}.${at}`],
        ...(at + 1 < (lengths[id] as number) ? { next: String(at + 1) } : {}),
      });
    },
    { apply: (_id, items) => seen.push(...items) * 0, forget: () => undefined },
  );
const everything = (lengths: readonly number[]): string[] =>
  lengths.flatMap((length, id) => Array.from({ length }, (_, at) => `${id}.${at}`)).sort();
const later = (): void => undefined;

describe('Chains of pages', () => {
  it('sees every page exactly once, stopped and resumed anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }),
        async (lengths, stops) => {
          const seen: string[] = [];
          let progress: ChainProgress = { next: 0, open: [] };
          for (const pagesBeforeStop of [...stops, Infinity]) {
            const chains = pages(lengths, seen, progress);
            let left = pagesBeforeStop;
            await chains.run(() => (left -= 1) < 0, later);
            progress = JSON.parse(JSON.stringify(chains.progress)) as ChainProgress;
          }
          expect(seen.sort()).to.deep.equal(everything(lengths));
          expect(pages(lengths, seen, progress).done).to.equal(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('begins a chain again whose token is refused, but not for ever', async () => {
    let refusals = 2;
    const seen: string[] = [];
    const chains = pages([3, 3], seen, { next: 0, open: [] }, () => (refusals -= 1) >= 0);
    await chains.run(() => false, later);
    expect([...new Set(seen)].sort()).to.deep.equal(everything([3, 3]));
    expect(await rejection(pages([2], [], { next: 0, open: [] }, () => true).run(() => false, later))).to.include({
      name: 'ServiceError',
    });
  });

  it('begins a chain again whose token leads back to itself, but not for ever', async () => {
    const looping = (loops: number, seen: string[]): Chains<string> => {
      let fetched = 0;
      let left = loops;
      return new Chains<string>(
        1,
        { next: 0, open: [] },
        (_id, token = '0') => {
          fetched += 1;
          if (fetched > 200) return Promise.reject(new Error('The chain loops.'));
          if (token === '1' && (left -= 1) >= 0) return Promise.resolve({ items: ['0.1'], next: '1' });
          return Promise.resolve({
            items: [`0.${token}`],
            ...(token === '2' ? {} : { next: String(Number(token) + 1) }),
          });
        },
        { apply: (_id, items) => seen.push(...items) * 0, forget: () => undefined },
      );
    };
    const seen: string[] = [];
    await looping(2, seen).run(() => false, later);
    expect(seen).to.deep.equal(['0.0', '0.0', '0.0', '0.1', '0.2']);
    expect(await rejection(looping(Infinity, []).run(() => false, later))).to.include({
      name: 'ServiceError',
    });
  });

  it('counts what is unknown once, also when a chain begins again, stopped and resumed in between', async () => {
    let unknown = 0;
    let progress: ChainProgress = { next: 0, open: [] };
    const refusals = [3, 7];
    let fetched = 0;
    for (let turn = 0; turn < 8; turn += 1) {
      const chains = new Chains<string>(
        2,
        progress,
        (_id, token = '0') => {
          fetched += 1;
          if (token !== '0' && refusals.includes(fetched))
            return Promise.reject(new Fault('InvalidPaginationToken', 'refused'));
          return Promise.resolve({
            items: ['one', 'two'],
            ...(token === '4' ? {} : { next: String(Number(token) + 1) }),
          });
        },
        {
          apply: (_id, items) => ((unknown += items.length), items.length),
          forget: (count) => {
            unknown -= count;
          },
        },
      );
      let left = 3;
      await chains.run(() => turn < 7 && (left -= 1) < 0, later);
      progress = JSON.parse(JSON.stringify(chains.progress)) as ChainProgress;
    }
    expect(fetched).to.be.above(10 + refusals.length);
    expect(unknown).to.equal(20);
  });
});
