import { expect } from 'chai';
import fc from 'fast-check';
import { cases } from '../../support/comparison/cases.ts';
import { ListedInSlices } from '../../support/comparison/listed-in-slices.ts';
import { naiveComparison } from '../../support/comparison/naive.ts';
import type { Found } from '../../support/comparison/naive.ts';

const sorted = (found: Found): Found =>
  Object.fromEntries(
    Object.entries(found).map(([kind, subs]: [string, string[]]) => [kind, [...subs].sort()]),
  ) as never;

describe('The comparison of a pool with what it should hold', () => {
  it('finds what a naive one finds, for any pool and any backup, however the listing is cut and restarted', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.record({
          scope: fc.constantFrom('prefixes', 'single'),
          pageSize: fc.integer({ min: 1, max: 4 }),
          slice: fc.integer({ min: 1, max: 6 }),
          refused: fc.array(fc.integer({ min: 2, max: 30 }), { maxLength: 4 }),
        }),
        async (of, how) => {
          expect(sorted(await new ListedInSlices(of, how).compare())).to.deep.equal(sorted(naiveComparison(of)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
