import { expect } from 'chai';
import fc from 'fast-check';
import { actualItems, expectedItems } from '../../support/export/expected-table.ts';
import { POOL_ID } from '../../support/export/export-runner.ts';
import { ListedUsers } from '../../support/export/listed-users.ts';
import { addUsers, aUser } from '../../support/world/builders.ts';
import { World } from '../../support/world/world.ts';

interface Case {
  readonly seed: number;
  /** Above 3,000, from where on sixteen chains take over. */
  readonly users: number;
  readonly federated: number;
  /** Cognito filters pages after it has cut them. */
  readonly late: boolean;
  /** Number of the call of an invocation at which it dies. */
  readonly kills: readonly number[];
  /** The killed invocations were of an earlier version. */
  readonly earlier: boolean;
}
const cases: fc.Arbitrary<Case> = fc.record({
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  users: fc.integer({ min: 3_000, max: 3_700 }),
  federated: fc.integer({ min: 0, max: 200 }),
  late: fc.boolean(),
  kills: fc.array(fc.integer({ min: 1, max: 160 }), { maxLength: 5 }),
  earlier: fc.boolean(),
});

async function listed({ seed, users, federated, late, kills, earlier }: Case) {
  const world = new World({ seed });
  world.cognito.knobs.filterAfterPaging = late;
  const pool = world.pool(POOL_ID);
  addUsers(pool, users);
  for (let n = 0; n < federated; n += 1) pool.put(aUser({ username: `idp_${n}`, status: 'EXTERNAL_PROVIDER' }));
  const listing = new ListedUsers(world);
  await listing.begin();
  const left = [...kills];
  for (;;) {
    const nth = left.shift();
    if (nth !== undefined) world.calls.killAt(nth, nth % 2 === 0 ? 'before' : 'after');
    const result = await listing.invoke();
    if (result?.done === true) return { world, pool, listing, result };
    if (earlier && result === undefined) await listing.asOfEarlierVersion();
  }
}

describe('A7: the listing of an export whose filters Cognito applies after it has cut its pages', () => {
  it('A7: shows everybody once, in either mode, killed at any moment, and goes on with the state of earlier versions', async function () {
    this.timeout(120_000);
    await fc.assert(
      fc.asyncProperty(cases, async (given) => {
        const { world, pool, listing, result } = await listed(given);
        expect(result).to.include({ listed: given.users, skipped: given.federated });
        if (given.kills.length === 0) expect(result.added).to.equal(given.users);
        expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
        const { mode, singleOnly } = (await listing.state())?.listing ?? {};
        // Killed in the meantime, it may have come to the end of its one chain.
        if (given.late) expect(mode).to.equal('single');
        else expect(singleOnly).to.equal(false);
      }),
      { numRuns: 8 },
    );
  });

  it('A7: takes at most 1.3 times the calls', async function () {
    this.timeout(60_000);
    for (const users of [3_000, 5_000]) {
      const given = { seed: 1, users, federated: 0, kills: [], earlier: false };
      const ordinary = await listed({ ...given, late: false });
      const late = await listed({ ...given, late: true });
      expect(ordinary.listing.asked.filter((filter) => filter !== '').length).to.be.above(40);
      expect(late.listing.asked.filter((filter) => filter !== '').length).to.be.within(4, 24);
      expect(late.listing.asked.length / ordinary.listing.asked.length, `${users} users`).to.be.at.most(1.3);
    }
  });
});
