import { expect } from 'chai';
import { manifestKey } from '../../../../source/domain/backup/manifest.ts';
import type { Manifest } from '../../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { exportedPool } from '../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../support/export/exported-pool.ts';
import { expectSnapshots } from '../../../support/export/kept-snapshots.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../../support/world/world.ts';

/** 50 attributes of 2,048 characters of four bytes: as much as Cognito takes, and more than DynamoDB does. */
const huge = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`custom:a${n}`, '\u{1F600}'.repeat(1024 * 2)]));
const grown = (user: PoolUser): PoolUser => ({ ...user, attributes: { ...user.attributes, ...huge } });

describe('export of users whom the table cannot hold', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
    addGroups(pool, [30]);
    await run();
  });
  const without = (items: Record<string, unknown>, ...subs: string[]): Record<string, unknown> =>
    Object.fromEntries(Object.entries(items).filter(([key]) => !subs.some((sub) => key === `USER#${sub} PROFILE`)));
  const reported = (runId: string): unknown => world.objects.json(`exports/${runId}/too-large.json`);

  it('F20: leaves out a new one, seals the rest, and names the user only in an object', async () => {
    const big = grown(aUser({ username: 'big' }));
    pool.put(big);
    pool.join('big', 'group0');
    addUsers(pool, 3, { prefix: 'new' });
    const summary = await run();
    expect(summary.skipped).to.include({ tooLarge: 1 }).and.not.to.have.property('tooLargeKept');
    expect(actualItems(world.table)).to.deep.equal(without(expectedItems(pool), big.sub));
    expect(JSON.stringify(summary)).not.to.include(big.sub);
    const [{ sub, bytes, inBackupAsBefore }] = reported(summary.runId) as [
      { sub: string; bytes: number; inBackupAsBefore: boolean },
    ];
    expect({ sub, inBackupAsBefore }).to.deep.equal({ sub: big.sub, inBackupAsBefore: false });
    expect(bytes).to.be.above(400 * 1024);
    expectSnapshots(world.table, world.objects);
  });

  it('F20: leaves one that was smaller before as it was, with its memberships, and takes the user again later', async () => {
    const [name = ''] = pool.groups.get('group0')?.members.keys() ?? [];
    const before = pool.find(name) as PoolUser;
    const expected = expectedItems(pool);
    pool.put(grown(before));
    for (let round = 0; round < 2; round += 1) {
      const summary = await run();
      expect(summary.skipped).to.include({ tooLarge: 1, tooLargeKept: 1 });
      expect(summary.deleted.users).to.equal(0);
      expect(actualItems(world.table)).to.deep.equal(expected);
      expect(reported(summary.runId)).to.have.nested.property('[0].inBackupAsBefore', true);
      expectSnapshots(world.table, world.objects);
    }
    pool.put({ ...before, attributes: { ...before.attributes, nickname: 'small again' } });
    expect((await run()).skipped).to.not.have.property('tooLarge');
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('F20: the first export of a pool leaves such a user out, too', async () => {
    world = new World();
    pool = world.pool(POOL_ID);
    addUsers(pool, 70);
    const big = grown(aUser({ username: 'big' }));
    pool.put(big);
    addGroups(pool, [71]);
    const summary = await new ExportRunner(world).run();
    expect(summary.skipped).to.include({ tooLarge: 1 });
    expect(actualItems(world.table)).to.deep.equal(without(expectedItems(pool), big.sub));
    expect((world.table.peek(manifestKey(summary.runId)) as unknown as Manifest).counts.users).to.equal(70);
  });

  it('F20: leaves one as it was whom the listing missed, and one who came as a member only', async () => {
    const missed = pool.find('user5') as PoolUser;
    const expected = expectedItems(pool);
    const late = grown(aUser({ username: 'late' }));
    pool.put(grown(missed));
    pool.put(late);
    pool.join('late', 'group0');
    const { listUsersPage } = world.cognito;
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await listUsersPage(poolId, request);
      const shown = ({ sub }: PoolUser): boolean => sub !== missed.sub && sub !== late.sub;
      return request.filter === undefined ? { ...page, items: page.items.filter(shown) } : page;
    };
    const summary = await run();
    expect(summary.skipped).to.include({ tooLarge: 2, tooLargeKept: 1 });
    expect(without(actualItems(world.table), late.sub)).to.deep.equal({
      ...expected,
      [`USER#${late.sub} MEMBER_OF#group0`]: { groupName: 'group0' },
    });
    expectSnapshots(world.table, world.objects);
  });
});
