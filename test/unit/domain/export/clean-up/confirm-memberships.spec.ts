import { expect } from 'chai';
import { actualItems, expectedItems } from '../../../../support/export/expected-table.ts';
import { ExportRunner } from '../../../../support/export/export-runner.ts';
import { addGroups, addUsers } from '../../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../../support/world/world.ts';
import { exportedPool, removeUsers } from '../../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../../support/export/exported-pool.ts';

describe('clean-up of the backup table: memberships that a listing missed', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });

  /** After every page of these groups' listings somebody leaves, so that an offset hides one who stays. */
  const leaveBetweenPages = (...groups: string[]): { readonly left: string[] } => {
    const left: string[] = [];
    const { listUsersInGroupPage } = world.cognito;
    world.cognito.listUsersInGroupPage = async (poolId, group, request) => {
      const page = await listUsersInGroupPage(poolId, group, request);
      const [first] = pool.groups.get(group)?.members.keys() ?? [];
      if (page.next === undefined || first === undefined || !groups.includes(group)) return page;
      pool.leave(first, group);
      left.push(first);
      return page;
    };
    return { left };
  };
  const lost = (): string[] => {
    const actual = actualItems(world.table);
    return Object.keys(expectedItems(pool)).filter((key) => !(key in actual));
  };
  const listings = (): number => world.calls.countOf('cognito.listUsersInGroupPage');

  beforeEach(async () => {
    Object.assign(world.cognito.knobs, { pageSize: 20, offsetTokens: true });
    addGroups(pool, [100, 40, 7]);
    await run();
  });

  for (const [how, latency, options] of [
    ['at once', 0, {}],
    ['in many invocations', 900, { invocationMs: 63_000 }],
  ] as const) {
    it(`lists their groups once more ${how}, and keeps those that show up`, async () => {
      const { listUsersInGroupPage } = world.cognito;
      const { left } = leaveBetweenPages('group0', 'group1');
      const before = listings();
      world.calls.latencies.cognito = latency;
      await run(options);
      expect(left).to.have.length.above(5);
      expect(lost()).to.deep.equal([]);
      expect(listings() - before).to.be.within(8 + 5, 8 + 7);
      world.cognito.listUsersInGroupPage = listUsersInGroupPage;
      await run({ maxDeletePercent: 100 });
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });
  }

  it('asks for a tenth of the pages that the first listing took, or twenty', async () => {
    for (const group of ['group0', 'group1'])
      pool.leave([...(pool.groups.get(group)?.members.keys() ?? [])][0] as string, group);
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    const before = listings();
    world.cognito.knobs.pageSize = 1;
    await runner.cleanUp(runId);
    expect(listings() - before).to.be.within(20, 21);
    expect(world.log.lines.join('\n')).to.include('Not all groups whose members seem gone were listed once more');
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('believes the listing where more than a thousand seem gone, and asks nothing for users who are gone', async () => {
    addUsers(pool, 1_001, { prefix: 'more' });
    pool.putGroup({ name: 'more' });
    for (let n = 0; n < 1_001; n += 1) pool.join(`more${n}`, 'more');
    await run();
    for (let n = 0; n < 1_001; n += 1) pool.leave(`more${n}`, 'more');
    let before = listings();
    expect((await run({ maxDeletePercent: 100 })).deleted.memberships).to.equal(1_001);
    expect(listings() - before).to.equal(5 + 2 + 1 + 1);
    removeUsers(pool, 0, 3);
    before = listings();
    // The memberships before count together with those of these users.
    expect((await run({ maxDeletePercent: 100 })).deleted).to.deep.include({ users: 3 });
    expect(listings() - before).to.equal(5 + 2 + 1 + 1);
  });
});
