import { expect } from 'chai';
import { Pacer } from '../../../../source/domain/pacing/pacer.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../../support/world/world.ts';

/** Cognito answers listings in 100 ms and other calls in 60 ms, as docs/benchmarks.md takes it to; the table answers in ten. */
function pacedWorld(callsPerSecond: number): { world: World; pool: MemoryPool; run: () => Promise<number> } {
  const world = new World();
  Object.assign(world.calls.latencies, {
    'cognito.listUsersPage': 100,
    'cognito.listUsersInGroupPage': 100,
    cognito: 60,
    table: 10,
    objects: 20,
  });
  const pool = world.pool(POOL_ID);
  world.paceBy(new Pacer({ callsPerSecond, clock: world.clock }));
  return {
    world,
    pool,
    run: async () => {
      const before = world.clock.elapsed;
      await new ExportRunner(world, { callsPerSecond }).run();
      return (world.clock.elapsed - before) / 1000;
    },
  };
}

describe('pace of the export', () => {
  for (const callsPerSecond of [1, 10, 25]) {
    it(`lists users at the pace of CognitoTPS ${callsPerSecond}, never above it`, async () => {
      const users = callsPerSecond === 1 ? 600 : 5000;
      const { world, pool, run } = pacedWorld(callsPerSecond);
      addUsers(pool, users);
      expect(await run()).to.be.below(1.15 * (users / 60 / callsPerSecond) + 6);
      expect(world.calls.maxPerSecond('cognito')).to.be.at.most(callsPerSecond);
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    }).timeout(20_000);
  }

  it('lists the members of many groups at the pace, and one large group as fast as its pages come', async () => {
    const { world, pool, run } = pacedWorld(25);
    addUsers(pool, 3100);
    addGroups(pool, [...new Array<number>(400).fill(3), 3000]);
    expect(await run()).to.be.below(1.15 * (3100 / 60 / 25 + Math.max((400 + 50) / 25, 50 * 0.1)) + 8);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  }).timeout(20_000);

  it('counts nobody twice when several chains list what one chain had begun', async () => {
    const { world, pool } = pacedWorld(25);
    addUsers(pool, 4000);
    const summary = await new ExportRunner(world, { callsPerSecond: 25 }).run();
    expect(world.calls.countOf('cognito.listUsersPage')).to.be.above(4000 / 60 + 4);
    expect(summary.counts.users).to.equal(4000);
    expect(summary.added.users).to.equal(4000);
  });

  it('falls back to one chain when Cognito refuses the filter', async () => {
    const { world, pool, run } = pacedWorld(25);
    addUsers(pool, 4000);
    world.cognito.knobs.subFilter = false;
    await run();
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(world.log.lines.join('\n')).to.include('refused the listing by the first digit');
  });

  it('falls back to one chain when the prefixes miss users whose sub is no hex number', async () => {
    const { world, pool, run } = pacedWorld(25);
    addUsers(pool, 3500);
    for (let n = 0; n < 600; n += 1) pool.put(aUser({ username: `odd${n}`, sub: `zz-${n}` }));
    await run();
    expect(Object.keys(actualItems(world.table))).to.have.length(4100);
    expect(world.log.lines.join('\n')).to.include('fewer users than Cognito estimates');
  });

  describe("where Cognito's estimate is of no use", () => {
    const filtered: string[] = [];
    /** A world whose pool has an estimate of 0; of what a filtered listing shows `shows` decides. */
    const blindWorld = (shows: (sub: string) => boolean): ReturnType<typeof pacedWorld> => {
      const given = pacedWorld(25);
      const { describe: describePool, listUsersPage } = given.world.cognito;
      given.world.cognito.describe = async (poolId) => ({ ...(await describePool(poolId)), estimatedNumberOfUsers: 0 });
      filtered.length = 0;
      given.world.cognito.listUsersPage = async (poolId, request) => {
        const page = await listUsersPage(poolId, request);
        if (request.filter === undefined) return page;
        filtered.push(request.filter);
        return { ...page, items: page.items.filter(({ sub }) => shows(sub)) };
      };
      addUsers(given.pool, 6000);
      return given;
    };

    it('falls back to one chain when the prefixes do not show again whom one chain had shown', async () => {
      const { world, pool, run } = blindWorld((sub) => !sub.startsWith('a'));
      await run();
      expect(filtered).to.include('sub ^= "a"');
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
      expect(world.log.lines.join('\n')).to.include('than one chain had shown before');
    });

    it('believes the prefixes when they show nearly all of them', async () => {
      let hidden = 0;
      const { world, run } = blindWorld((sub) => sub.slice(1, 3) !== '00' || (hidden += 1) > 15);
      await run();
      expect(hidden).to.be.above(0);
      expect(world.log.lines.join('\n')).not.to.include('one chain lists all users again');
    });
  });
});
