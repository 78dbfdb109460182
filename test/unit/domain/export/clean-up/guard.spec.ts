import { expect } from 'chai';
import { actualItems, expectedItems } from '../../../../support/export/expected-table.ts';
import { ExportRunner } from '../../../../support/export/export-runner.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups } from '../../../../support/world/builders.ts';
import { KilledError } from '../../../../support/world/calls.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../../support/world/world.ts';
import { exportedPool, removeUsers } from '../../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../../support/export/exported-pool.ts';

const HOURS = 3_600_000;

describe('clean-up of the backup table: mass-delete guard', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });

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
