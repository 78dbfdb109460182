import { expect } from 'chai';
import { OPEN_KEY } from '../../../../../source/domain/backup/manifest.ts';
import { actualItems, expectedItems } from '../../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../../support/export/export-runner.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../../support/world/builders.ts';
import { KilledError } from '../../../../support/world/calls.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../../../support/world/world.ts';
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

  it('counts what an interrupted run of an earlier version has deleted already, without a plan', async () => {
    const gone = Array.from({ length: 15 }, (_, n) => `USER#${pool.find(`user${n}`)?.sub}`);
    await world.table.deleteItems(gone.map((id) => ({ id, type: 'PROFILE' })));
    await world.table.putItems([{ ...OPEN_KEY, runId: 'of-2-0-0', openedAt: '2026-03-01T00:00:00Z' }]);
    world.clock.advance(2 * HOURS);
    removeUsers(pool, 0, 26);
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message).to.include('26 of 100 users').and.include('15 of them by runs that were interrupted');
  });

  it('A: says what a first export left that is refused after it was interrupted: it writes as it lists, and deletes nothing', async () => {
    world = new World();
    pool = world.pool(POOL_ID);
    addUsers(pool, 100);
    const runner = new ExportRunner(world);
    await runner.listAll((await runner.open()).runId);
    world.clock.advance(2 * HOURS);
    removeUsers(pool, 0, 30);
    pool.put(aUser({ username: 'new' }));
    const error = await rejection(new ExportRunner(world).run());
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message)
      .to.include('Nothing was deleted from the backup table and the run is not sealed')
      .and.to.include('nothing to restore')
      .and.not.to.include('Nothing was changed');
    expect(Object.keys(actualItems(world.table))).to.have.length(101);
  });

  it('looks at groups and memberships separately', async () => {
    addGroups(pool, [20, 20, 20]);
    await run();
    pool.removeGroup('group1');
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message).to.match(/would delete 20 of 60 memberships \(33\.3 %\) from the backup/);
  });
});

describe('clean-up of the backup table: what the exports of 24 hours delete together', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });
  const nextHour = (): void => world.clock.advance(HOURS);

  it('A: counts together, so that a little less than the limit every hour is no way round', async () => {
    removeUsers(pool, 0, 19);
    expect((await run()).deleted.users).to.equal(19);
    nextHour();
    removeUsers(pool, 19, 20);
    await run();
    nextHour();
    removeUsers(pool, 20, 21);
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message).to.include('21 of 100 users (21.0 %), 20 of them by exports of the last 24 hours');
  });

  it('A: counts again from the next day on', async () => {
    removeUsers(pool, 0, 20);
    await run();
    world.clock.advance(23 * HOURS);
    removeUsers(pool, 20, 30);
    await rejection(run());
    world.clock.advance(2 * HOURS);
    expect((await run()).deleted.users).to.equal(10);
  });

  it('A: of exports that begin every day at the same time each one is judged by itself, however long they take', async () => {
    world.calls.latencies.cognito = 60_000;
    world.calls.latencies['table.transact'] = 600_000;
    let begun = world.clock.now();
    for (const night of [0, 1, 2]) {
      removeUsers(pool, night * 12, night * 12 + 12);
      world.clock.advance(Math.max(0, begun - world.clock.now()));
      begun = world.clock.now() + 24 * HOURS - 30_000;
      expect((await run()).deleted.users).to.equal(12);
    }
    world.clock.advance(HOURS);
    removeUsers(pool, 36, 42);
    expect((await rejection(run())).message).to.include('12 of them by exports of the last 24 hours');
  });

  it('A: does not count towards later runs what was allowed', async () => {
    removeUsers(pool, 0, 50);
    await run({ allowMassDelete: true });
    nextHour();
    removeUsers(pool, 50, 60);
    expect((await run()).deleted.users).to.equal(10);
    nextHour();
    removeUsers(pool, 60, 61);
    expect((await rejection(run())).message).to.include('11 of 50 users');
  });

  it('A: does not count users who are in the pool again, nor anybody twice', async () => {
    const back = Array.from({ length: 20 }, (_, n) => pool.find(`user${n}`));
    for (let round = 0; round < 3; round += 1) {
      removeUsers(pool, 0, 20);
      expect((await run()).deleted.users).to.equal(20);
      nextHour();
      for (const user of back) if (user !== undefined) pool.put(user);
      await run();
      nextHour();
    }
    removeUsers(pool, 20, 40);
    expect((await run()).deleted.users).to.equal(20);
  });

  it('A: never refuses a run that deletes nothing itself', async () => {
    removeUsers(pool, 0, 20);
    await run();
    nextHour();
    expect((await run({ maxDeletePercent: 0 })).deleted.users).to.equal(0);
  });

  it('A: remembers what a run deleted that was killed right after it was sealed', async () => {
    removeUsers(pool, 0, 20);
    world.calls.fail({ call: 'table.transact', when: 'after', error: () => new KilledError('killed') });
    await rejection(run());
    nextHour();
    nextHour();
    removeUsers(pool, 20, 21);
    expect((await rejection(run())).message).to.include('20 of them by exports of the last 24 hours');
  });

  it('A: forgets and drops what a run wanted to delete that was refused or is older than a day', async () => {
    const parts = (): string[] => [...world.objects.stored.keys()].filter((key) => key.startsWith('exports/last-day/'));
    removeUsers(pool, 0, 30);
    await rejection(run());
    expect(parts()).to.deep.equal([]);
    await run({ allowMassDelete: true });
    removeUsers(pool, 30, 35);
    await run();
    expect(parts()).to.have.length(2);
    world.clock.advance(25 * HOURS);
    await run();
    expect(parts()).to.have.length(0);
  });

  it('names a damaged part of what it remembers, and goes on without it', async () => {
    removeUsers(pool, 0, 15);
    const { runId } = await run();
    const key = `exports/last-day/${runId}.bin`;
    await world.objects.put(key, Buffer.from(world.objects.stored.get(key)?.body ?? '').subarray(0, -1));
    removeUsers(pool, 15, 16);
    const error = await rejection(run());
    expect(error).to.have.property('name', 'BadState');
    expect(error.message).to.include(`${key} is damaged`).and.to.include('Delete it');
    await world.objects.deleteAll([key]);
    expect((await run()).deleted.users).to.equal(1);
  });

  it('refuses to replace every user by others, however few they are', async () => {
    removeUsers(pool, 0, 91);
    await run({ allowMassDelete: true });
    removeUsers(pool, 91, 100);
    pool.put(aUser({ username: 'stranger' }));
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message).to.include('9 of 9 users');
  });
});

describe('clean-up of the backup table: a pool without native users', () => {
  const federated = (pool: MemoryPool): void => {
    for (let n = 0; n < 50; n += 1) pool.put(aUser({ username: `google_${n}`, status: 'EXTERNAL_PROVIDER' }));
  };
  const allowed = { allowMassDelete: true, allowMassChange: true, maxDeletePercent: 100 } as const;

  for (const [what, remain] of [
    ['federated users', federated],
    ['new groups', (pool: MemoryPool) => addGroups(pool, [0, 0, 0])],
    ['federated users in groups', (pool: MemoryPool) => (federated(pool), addGroups(pool, [10, 20]))],
  ] as const)
    it(`A3: is an empty one, whatever is allowed, also when ${what} remain`, async () => {
      const { world, pool, run } = await exportedPool();
      if (what !== 'new groups') remain(pool);
      await run();
      removeUsers(pool, 0, 100);
      if (what === 'new groups') remain(pool);
      const before = actualItems(world.table);
      const error = await rejection(run(allowed));
      expect(error).to.have.property('name', 'SourcePoolEmpty');
      expect(error.message).to.include('100 users');
      expect(actualItems(world.table)).to.deep.equal(before);
    });

  it('A3: keeps ten native administrators of a pool of federated users', async () => {
    const world = new World();
    const pool = world.pool(POOL_ID);
    addUsers(pool, 10);
    federated(pool);
    await new ExportRunner(world).run();
    removeUsers(pool, 0, 10);
    expect(await rejection(new ExportRunner(world, allowed).run())).to.have.property('name', 'SourcePoolEmpty');
    expect(Object.keys(actualItems(world.table))).to.have.length(10);
  });

  it('names the last sealed run and what a restore brings', async () => {
    const { pool, run } = await exportedPool();
    const { runId } = await run();
    removeUsers(pool, 0, 100);
    expect((await rejection(run())).message)
      .to.include(`The last sealed export is ${runId} of 2026-`)
      .and.to.include('brings back its 100 users, 0 groups and 0 memberships');
  });
});
