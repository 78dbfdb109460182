import { expect } from 'chai';
import { LATEST_KEY, NO_COUNTS } from '../../../../../source/domain/backup/manifest.ts';
import type { PoolUser } from '../../../../../source/domain/model.ts';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { actualItems, expectedItems } from '../../../../support/export/expected-table.ts';
import { ExportRunner } from '../../../../support/export/export-runner.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups } from '../../../../support/world/builders.ts';
import { KilledError } from '../../../../support/world/calls.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../../support/world/world.ts';
import { exportedPool } from '../../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../../support/export/exported-pool.ts';

describe('clean-up of the backup table: an item that was changed by hand under its old hash', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });

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
        .to.include('1 item of the backup table does not hold what an export wrote')
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
    expect((await rejection(runner.cleanUp(runId))).message).to.include('1 item of the backup table');
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
