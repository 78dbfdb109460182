import { expect } from 'chai';
import { LATEST_KEY, NO_COUNTS } from '../../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import type { ExportOptions } from '../../../support/export/export-runner.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { KilledError } from '../../../support/world/calls.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../../support/world/world.ts';

const HOURS = 3_600_000;
const removeUsers = (pool: MemoryPool, from: number, to: number): void => {
  for (let n = from; n < to; n += 1) pool.remove(`user${n}`);
};

describe('clean-up of the backup table', () => {
  let world: World;
  let pool: MemoryPool;
  beforeEach(async () => {
    world = new World();
    pool = world.pool(POOL_ID);
    addUsers(pool, 100);
    await new ExportRunner(world).run();
  });
  const run = (options?: ExportOptions) => new ExportRunner(world, options).run();

  describe('mass-delete guard', () => {
    it('refuses above the percentage, deletes nothing, and says what it would have deleted and how to allow it', async () => {
      removeUsers(pool, 0, 21);
      const before = actualItems(world.table);
      const error = await rejection(run());
      expect(error).to.have.property('name', 'MassDeleteRefused');
      expect(error.message).to.include('21 of 100 users (21.0 %)').and.include('{"AllowMassDelete": true}');
      expect(actualItems(world.table)).to.deep.equal(before);
    });

    it('lets exactly the percentage pass, and more when it is allowed', async () => {
      removeUsers(pool, 0, 20);
      expect((await run()).deleted.users).to.equal(20);
      removeUsers(pool, 20, 70);
      expect((await run({ allowMassDelete: true })).deleted.users).to.equal(50);
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });

    it('lets up to ten items pass whatever their share', async () => {
      removeUsers(pool, 0, 90);
      await run({ allowMassDelete: true });
      removeUsers(pool, 90, 99);
      expect((await run()).deleted.users).to.equal(9);
    });

    it('lists the pool again after a refusal, so that users who came back are not deleted', async () => {
      const back = Array.from({ length: 30 }, (_, n) => pool.find(`user${n}`));
      removeUsers(pool, 0, 30);
      await rejection(run());
      for (const user of back) if (user !== undefined) pool.put(user);
      expect((await run({ allowMassDelete: true })).deleted.users).to.equal(0);
    });

    it('counts what runs that were not sealed have deleted already', async () => {
      removeUsers(pool, 0, 15);
      const first = new ExportRunner(world);
      const { runId } = await first.open();
      await first.listAll(runId);
      world.calls.fail({ call: 'table.transact', error: () => new KilledError('killed') });
      await rejection(first.cleanUp(runId));
      expect(Object.keys(actualItems(world.table))).to.have.length(85);
      world.clock.advance(2 * HOURS);
      removeUsers(pool, 15, 26);
      const error = await rejection(run());
      expect(error).to.have.property('name', 'MassDeleteRefused');
      expect(error.message).to.include('26 of 100 users').and.include('15 of them by runs that were interrupted');
    });

    it('looks at groups and memberships separately', async () => {
      addGroups(pool, [20, 20, 20]);
      await run();
      pool.removeGroup('group1');
      const error = await rejection(run());
      expect(error).to.have.property('name', 'MassDeleteRefused');
      expect(error.message).to.include('20 of 60 memberships').and.not.include('users').and.not.include('groups');
    });
  });

  it('looks up a user that the listing did not show, and keeps it with its memberships', async () => {
    addGroups(pool, [100]);
    await run();
    const hidden = pool.find('user3');
    const original = world.cognito.listUsersPage;
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await original(poolId, request);
      return request.filter?.startsWith('sub =') === true
        ? page
        : { ...page, items: page.items.filter(({ sub }) => sub !== hidden?.sub) };
    };
    world.cognito.listUsersInGroupPage = async () => ({ items: [] });
    const summary = await run({ maxDeletePercent: 100 });
    expect(summary.deleted).to.deep.equal({ users: 0, groups: 0, memberships: 99 });
    expect(summary.counts).to.deep.equal({ users: 100, groups: 1, memberships: 1 });
    expect(Object.keys(actualItems(world.table))).to.include.members([
      `USER#${hidden?.sub} PROFILE`,
      `USER#${hidden?.sub} MEMBER_OF#group0`,
    ]);
  });

  describe('of memberships that a listing missed', () => {
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
      expect((await run()).deleted).to.deep.include({ users: 3 });
      expect(listings() - before).to.equal(5 + 2 + 1 + 1);
    });
  });

  it('disbelieves a listing that missed many users who exist', async () => {
    addUsers(pool, 1400, { prefix: 'more' });
    await run();
    const original = world.cognito.listUsersPage;
    world.cognito.listUsersPage = async (poolId, request) => {
      const page = await original(poolId, request);
      return request.filter?.startsWith('sub =') === true
        ? page
        : { ...page, items: page.items.filter(({ username }) => username.startsWith('user')) };
    };
    const error = await rejection(run({ allowMassDelete: true }));
    expect(error.message).to.include('cannot be trusted');
    expect(Object.keys(actualItems(world.table))).to.have.length(1500);
  });

  it('refuses to seal when the table lacks what the run saw, and the next start writes it', async () => {
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    const lost = world.table.all().find(({ id }) => id.startsWith('USER#')) as TableItem;
    await world.table.deleteItems([lost]);
    expect((await rejection(runner.cleanUp(runId))).message).to.include('lacks 1 of the 100 items');
    await run();
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  describe('an item that was changed by hand under its old hash', () => {
    const changed: Readonly<Record<string, (item: TableItem) => TableItem>> = {
      'a user': (item) => ({ ...item, attributes: { email: 'someone-else@example.com' } }),
      'a membership': (item) => ({ ...item, groupName: 'another' }),
      'a group': (item) => ({ ...item, description: 'another' }),
    };
    const TYPES: Readonly<Record<string, string>> = {
      'a user': 'PROFILE',
      'a membership': 'MEMBER_OF#group0',
      'a group': 'GROUP',
    };
    const damage = async (what: string): Promise<TableItem> => {
      const item = world.table.all().find(({ type }) => type === TYPES[what]) as TableItem;
      await world.table.putItems([changed[what]?.(item) as TableItem]);
      return item;
    };
    const latest = (): unknown => world.table.peek(LATEST_KEY)?.runId;

    beforeEach(async () => {
      addGroups(pool, [20]);
      await run();
    });

    for (const what of Object.keys(changed)) {
      it(`is not sealed, and the next start writes it again: ${what}`, async () => {
        const sealed = latest();
        await damage(what);
        const error = await rejection(run());
        expect(error).to.have.property('name', 'BadState');
        expect(error.message)
          .to.include('1 items of the backup table do not hold what an export wrote')
          .and.include('Start ExportWorkflow again');
        expect(latest()).to.equal(sealed);
        expect((await run()).changed).to.deep.equal({
          users: Number(what === 'a user'),
          groups: Number(what === 'a group'),
          memberships: Number(what === 'a membership'),
        });
        expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
      });
    }

    it('is found again by an invocation that follows one that was killed in between', async () => {
      await damage('a user');
      const runner = new ExportRunner(world);
      const { runId } = await runner.open();
      await runner.listAll(runId);
      world.calls.fail({ call: 'table.putItemIf', when: 'after', error: () => new KilledError('killed') });
      await rejection(runner.cleanUp(runId));
      expect((await rejection(runner.cleanUp(runId))).message).to.include('1 items of the backup table');
    });

    it('is deleted where the pool no longer has it', async () => {
      const { username } = await damage('a user');
      pool.remove(username as string);
      expect((await run()).deleted.users).to.equal(1);
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    });

    it('is written again where the listing missed it and the look-up finds it', async () => {
      const expected = expectedItems(pool);
      const { id } = await damage('a membership');
      await world.table.putItems([
        changed['a user']?.(
          world.table.all().find((item) => item.id === id && item.type === 'PROFILE') as TableItem,
        ) as TableItem,
      ]);
      const hide = (items: readonly PoolUser[]): PoolUser[] => items.filter(({ sub }) => !id.endsWith(sub));
      const { listUsersPage, listUsersInGroupPage } = world.cognito;
      world.cognito.listUsersPage = async (poolId, request) => {
        const page = await listUsersPage(poolId, request);
        return request.filter?.startsWith('sub =') === true ? page : { ...page, items: hide(page.items) };
      };
      world.cognito.listUsersInGroupPage = async (...request) => {
        const page = await listUsersInGroupPage(...request);
        return { ...page, items: hide(page.items) };
      };
      expect((await run()).deleted).to.deep.equal(NO_COUNTS);
      expect(actualItems(world.table)).to.deep.equal(expected);
    });
  });

  for (const [what, knobs] of Object.entries({
    'lost messages': { lossy: 1 },
    'messages twice': { duplicating: 1 },
    'late messages': { delayMs: 50_000 },
  })) {
    it(`deletes everything in spite of ${what}`, async () => {
      Object.assign(world.exportQueue, knobs);
      addUsers(pool, 2500, { prefix: 'more' });
      await run();
      for (let n = 0; n < 2500; n += 1) pool.remove(`more${n}`);
      const deletedBefore = world.table.deleted;
      await run({ allowMassDelete: true });
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
      expect(world.table.deleted - deletedBefore).to.be.within(2500, 2501);
    });
  }

  it('drops messages of another run', async () => {
    await world.exportQueue.send([{ owner: 'another', key: 'exports/another/delete/planned/00000.json' }]);
    removeUsers(pool, 0, 3);
    expect((await run()).deleted.users).to.equal(3);
    expect(world.exportQueue.length).to.equal(0);
  });

  it('does nothing before the listing is complete', async () => {
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    expect((await rejection(runner.cleanUp(runId))).message).to.include('has not listed all users');
  });
});
