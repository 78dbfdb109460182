import { expect } from 'chai';
import fc from 'fast-check';
import { Fault } from '../../../../../source/domain/errors.ts';
import { Chains } from '../../../../../source/domain/import/reconcile/chains.ts';
import type { ChainProgress } from '../../../../../source/domain/import/reconcile/chains.ts';
import type { Page } from '../../../../../source/domain/ports.ts';
import { rejection } from '../../../../support/rejection.ts';

/** Chain `id` has `lengths[id]` pages of one item each. */
const pages = (lengths: readonly number[], seen: string[], progress: ChainProgress, refuse: () => boolean = () => false): Chains<string> => new Chains<string>(
  lengths.length, progress,
  (id, token = '0'): Promise<Page<string>> => {
    if (refuse()) return Promise.reject(new Fault('InvalidPaginationToken', 'refused'));
    const at = Number(token);
    return Promise.resolve({ items: [`${id}.${at}`], ...(at + 1 < (lengths[id] as number) ? { next: String(at + 1) } : {}) });
  },
  (_id, items) => void seen.push(...items),
);
const everything = (lengths: readonly number[]): string[] => lengths.flatMap((length, id) => Array.from({ length }, (_, at) => `${id}.${at}`)).sort();
const later = (): Promise<void> => Promise.resolve();

describe('Chains of pages', () => {
  it('sees every page exactly once, stopped and resumed anywhere', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 6 }), async (lengths, stops) => {
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
    }), { numRuns: 60 });
  });

  it('starts a chain anew whose token is refused, but not for ever', async () => {
    let refusals = 2;
    const seen: string[] = [];
    const chains = pages([3, 3], seen, { next: 0, open: [] }, () => (refusals -= 1) >= 0);
    await chains.run(() => false, later);
    expect([...new Set(seen)].sort()).to.deep.equal(everything([3, 3]));
    expect(await rejection(pages([2], [], { next: 0, open: [] }, () => true).run(() => false, later))).to.include({ name: 'InvalidPaginationToken' });
  });
});
