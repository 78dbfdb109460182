import { expect } from 'chai';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { exportedPool } from '../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../support/export/exported-pool.ts';
import type { PoolGroup } from '../../../../source/domain/model.ts';
import { addGroups } from '../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../support/world/world.ts';

const PAGE = 3;

describe('listing of the groups', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
    Object.assign(world.cognito.knobs, { pageSize: PAGE, offsetTokens: true });
    addGroups(pool, [5, 4, 3, 2, 1, 5, 4]);
    await run();
  });

  /** Does something between the first two pages of the next listing of the groups. */
  const betweenPages = (happens: () => void): void => {
    const { listGroupsPage } = world.cognito;
    world.cognito.listGroupsPage = async (poolId, request) => {
      const page = await listGroupsPage(poolId, request);
      world.cognito.listGroupsPage = listGroupsPage;
      happens();
      return page;
    };
  };
  const lost = (): string[] => {
    const actual = actualItems(world.table);
    return Object.keys(expectedItems(pool)).filter((key) => !(key in actual));
  };
  const pages = (): number => world.calls.countOf('cognito.listGroupsPage');

  for (const [how, latency, options] of [
    ['at once', 0, {}],
    ['in many invocations', 3000, { invocationMs: 62_000 }],
  ] as const)
    it(`A4: keeps a group that hid behind one which was deleted between two pages, ${how}`, async () => {
      betweenPages(() => pool.removeGroup('group0'));
      world.calls.latencies.cognito = latency;
      await run({ ...options, maxDeletePercent: 100 });
      expect(lost()).to.deep.equal([]);
      await run({ maxDeletePercent: 100 });
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });

  for (const [how, latency, options] of [
    ['at once', 0, {}],
    ['in many invocations', 3000, { invocationMs: 62_000 }],
  ] as const)
    it(`A4: keeps a hidden group with its memberships also when as many were made meanwhile, ${how}`, async () => {
      const hidden = pool.groups.get('group3');
      pool.putGroup({ ...(hidden?.group as PoolGroup), description: 'as it is now' });
      const [member] = hidden?.members.keys() ?? [];
      betweenPages(() => {
        pool.removeGroup('group0');
        addGroups(pool, [3, 3], { prefix: 'new' });
        pool.remove(member ?? '');
      });
      world.calls.latencies.cognito = latency;
      const before = pages();
      await run({ ...options, maxDeletePercent: 100 });
      expect(pages() - before).to.equal(3 + 3);
      expect(lost()).to.deep.equal([]);
      await run({ maxDeletePercent: 100 });
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });

  it('A4: lets nobody stay in a group that is gone, also not a user whom the listing missed', async () => {
    const { listUsersPage } = world.cognito;
    const [missed] = pool.groups.get('group0')?.members.keys() ?? [];
    const { sub } = pool.find(missed ?? '') ?? {};
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await listUsersPage(poolId, request);
      return request.filter === undefined ? { ...page, items: page.items.filter((user) => user.sub !== sub) } : page;
    };
    pool.removeGroup('group0');
    await run({ maxDeletePercent: 100 });
    const keys = Object.keys(actualItems(world.table));
    expect(keys).to.include(`USER#${sub} PROFILE`);
    expect(keys.filter((key) => key.includes('group0'))).to.deep.equal([]);
  });

  it('asks once more only when fewer groups are shown than the backup holds', async () => {
    let before = pages();
    await run();
    expect(pages() - before).to.equal(3);
    pool.removeGroup('group6');
    before = pages();
    await run({ maxDeletePercent: 100 });
    expect(pages() - before).to.equal(2 + 2);
    before = pages();
    await run();
    expect(pages() - before).to.equal(2);
  });
});
