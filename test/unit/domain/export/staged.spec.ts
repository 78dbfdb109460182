import { expect } from 'chai';
import { isChangeDigests, LATEST_KEY, OPEN_KEY, openMarkerIn } from '../../../../source/domain/backup/manifest.ts';
import { PlannedChanges } from '../../../../source/domain/digests/planned-changes.ts';
import { userItem } from '../../../../source/domain/backup/items.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import type { PoolUser } from '../../../../source/domain/model.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { exportedPool, removeUsers } from '../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../support/export/exported-pool.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { expectSnapshots } from '../../../support/export/kept-snapshots.ts';
import { rejection } from '../../../support/rejection.ts';
import { addGroups, addUsers, aUser } from '../../../support/world/builders.ts';
import { KilledError } from '../../../support/world/calls.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../support/world/world.ts';

const HOURS = 3_600_000;
const killed = (): Error => new KilledError('killed');

describe('an export after the first', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  let sealed: readonly TableItem[];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
    addGroups(pool, [20, 5]);
    await run();
    sealed = world.table.all();
  });

  const expectUntouched = (): void => {
    expect(world.table.all()).to.deep.equal(sealed);
  };
  const overwriteNames = (from: number, to: number): void => {
    for (let n = from; n < to; n += 1) {
      const user = pool.find(`user${n}`);
      if (user !== undefined) pool.put({ ...user, attributes: { ...user.attributes, name: 'NULL' } });
    }
  };
  /** Some of everything, within the guards' limits. */
  const change = (): void => {
    overwriteNames(0, 8);
    removeUsers(pool, 8, 14);
    addUsers(pool, 7, { prefix: 'new' });
    pool.join('new1', 'group0');
  };
  /** Runs until the plan is open and a part of it applied, and dies there. */
  const dieWhileApplying = async (): Promise<string> => {
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    world.calls.fail({ call: 'table.deleteItems', error: killed });
    await rejection(runner.cleanUp(runId));
    world.calls.revive();
    expect(openMarkerIn(world.table.peek(OPEN_KEY)))
      .to.include({ runId })
      .and.to.have.property('plan');
    return runId;
  };

  it('A1: a refused export leaves nothing in the table, however often it is repeated, and its profiles are not in the backup', async () => {
    overwriteNames(0, 100);
    removeUsers(pool, 0, 30);
    for (let night = 0; night < 3; night += 1) {
      expect(await rejection(run())).to.have.property('name', 'MassDeleteRefused');
      expectUntouched();
      world.clock.advance(24 * HOURS);
    }
    await run({ allowMassDelete: true, allowMassChange: true });
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('A1: what a refused export would have brought stays as a snapshot that says so', async () => {
    removeUsers(pool, 0, 30);
    pool.put(aUser({ username: 'new' }));
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    await rejection(runner.cleanUp(runId));
    const manifest = world.objects.json<Record<string, unknown>>(`snapshots/${runId}/manifest.json`);
    expect(manifest).to.deep.include({ refused: 'MassDeleteRefused' });
    expect(manifest['counts']).to.deep.include({ users: 71 });
    world.clock.advance(HOURS);
    const without = new ExportRunner(world, { keepSnapshot: false });
    await rejection(without.run());
    expect([...world.objects.stored.keys()].filter((key) => key.endsWith('/manifest.json'))).to.have.length(3);
  });

  it('A2: an export that dies anywhere before its plan is open leaves nothing in the table', async () => {
    change();
    for (const call of ['cognito.listUsersPage', 'cognito.listUsersInGroupPage', 'table.scanPage', 'objects.write']) {
      world.calls.fail({ call, error: killed });
      await rejection(run());
      world.calls.revive();
      expectUntouched();
      world.clock.advance(2 * HOURS);
    }
    await run();
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('A2: tells in the table what it changes, before and as long as it does, and no longer', async () => {
    change();
    const runId = await dieWhileApplying();
    const plan = openMarkerIn(world.table.peek(OPEN_KEY))?.plan;
    const changes = plan === undefined ? undefined : await PlannedChanges.read(world.table, runId, plan);
    const before = new Map(sealed.map((item) => [`${item.id} ${item.type}`, item.contentHash]));
    let open = 0;
    for (const item of world.table.all().filter(({ id }) => /^(USER|GROUP)#/.test(id))) {
      const at = changes?.find(item);
      const planned = at === undefined ? undefined : changes?.at(at);
      const known = [planned?.before?.toString('hex'), planned?.after?.toString('hex')];
      expect(planned === undefined ? [before.get(`${item.id} ${item.type}`)] : known).to.include(item.contentHash);
      open += planned === undefined ? 0 : 1;
    }
    expect(open).to.be.above(10);
    await run();
    expect(world.table.all().filter(isChangeDigests)).to.deep.equal([]);
    expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
  });

  for (const [when, hours] of [
    ['at once', 0],
    ['after a week', 24 * 7],
  ] as const)
    it(`A2: the next start completes a plan that was left open, ${when}, before it looks at the pool`, async () => {
      change();
      const wanted = expectedItems(pool);
      const runId = await dieWhileApplying();
      world.clock.advance(hours * HOURS);
      // Of the run nothing else is left than its plan, and the pool is gone.
      if (hours > 0)
        for (const key of world.objects.stored.keys()) if (key.startsWith('exports/')) world.objects.stored.delete(key);
      world.pools.delete(POOL_ID);
      expect(await rejection(run())).to.have.property('name', 'UserPoolNotFound');
      expect(actualItems(world.table)).to.deep.equal(wanted);
      expect(world.table.peek(LATEST_KEY)).to.include({ runId });
      expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
      expectSnapshots(world.table, world.objects);
      world.pools.set(POOL_ID, pool);
      pool.put(aUser({ username: 'later' }));
      expect((await run()).added.users).to.equal(1);
      expect([...world.objects.stored.keys()].filter((key) => key.startsWith(`changes/${runId}/`))).to.deep.equal([]);
    });

  for (const [what, spoil] of Object.entries({
    'is gone': (key: string) => world.objects.stored.delete(key),
    'is damaged': (key: string) => world.objects.stored.set(key, { body: Buffer.from('{}'), etag: '"damaged"' }),
  }))
    for (const part of ['plan.json', 'batches/'])
      it(`A2: lists anew where the open plan's ${part} ${what}, and seals`, async () => {
        change();
        const runId = await dieWhileApplying();
        for (const key of [...world.objects.stored.keys()]) if (key.startsWith(`changes/${runId}/${part}`)) spoil(key);
        for (let starts = 0; starts < 2 && world.table.peek(OPEN_KEY) !== undefined; starts += 1)
          await run().catch((error: unknown) => expect(error).to.have.property('name', 'BadState'));
        expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
        expect(world.table.peek(LATEST_KEY)?.runId).to.not.equal(runId);
        expect(world.table.all().filter(isChangeDigests)).to.deep.equal([]);
        expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
      });

  it('A2: a plan that is damaged before it is opened costs one start, and nothing in the table', async () => {
    change();
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    world.calls.fail({ call: 'table.putItems', error: killed });
    await rejection(runner.cleanUp(runId));
    for (const key of [...world.objects.stored.keys()])
      if (key.startsWith(`changes/${runId}/batches/`)) world.objects.stored.delete(key);
    expect(await rejection(run())).to.have.property('name', 'BadState');
    expectUntouched();
    expect((await run()).runId).to.not.equal(runId);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('A2: counts what a lost plan had deleted, when it lists anew', async () => {
    removeUsers(pool, 0, 15);
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    world.calls.fail({ call: 'table.transact', error: killed });
    await rejection(runner.cleanUp(runId));
    world.calls.revive();
    for (const key of [...world.objects.stored.keys()])
      if (/^(changes|exports\/last-day)\//.test(key)) world.objects.stored.delete(key);
    removeUsers(pool, 15, 26);
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassDeleteRefused');
    expect(error.message).to.include('26 of 100 users');
  });

  it('State: an interrupted export of 2.0.0 has changed the table without a plan: listed anew, judged by the sealed counts, sealed', async () => {
    overwriteNames(0, 60);
    // As that version did: three quarters were written, under the OPEN marker, before it was stopped.
    const legacy = '20260302T000000Z-0badcafe';
    await world.table.putItems([{ ...OPEN_KEY, runId: legacy, openedAt: '2026-03-02T00:00:00Z' }]);
    const written = Array.from({ length: 45 }, (_, n) => pool.find(`user${n}`) as PoolUser);
    await world.table.putItems(written.map((user) => userItem(user, 'username', legacy)));
    world.clock.advance(2 * HOURS);
    const error = await rejection(run());
    expect(error).to.have.property('name', 'MassChangeRefused');
    expect(world.table.peek(OPEN_KEY)).to.include({ runId: legacy });
    await run({ allowMassChange: true });
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
    expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
  });

  it('writes nothing for a user who changed and then changed back while the pool was listed', async () => {
    world.cognito.knobs.pageSize = 20;
    const user = pool.find('user3') as ReturnType<typeof aUser>;
    pool.put({ ...user, attributes: { ...user.attributes, name: 'for a moment' } });
    const { listUsersPage } = world.cognito;
    let pages = 0;
    world.cognito.listUsersPage = async (poolId, request) => {
      pages += 1;
      if (pages !== 3) return listUsersPage(poolId, request);
      // The chain begins again, and shows the user a second time.
      pool.put(user);
      throw new Fault('InvalidPaginationToken', 'expired');
    };
    const before = world.table.written;
    const { changed } = await run();
    expect(pages).to.be.above(5);
    expect(changed.users).to.equal(0);
    expect(world.table.written - before).to.be.at.most(2);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('deletes digests that a run left in the table which nobody completed', async () => {
    const left = { id: 'EXPORT#20260101T000000Z-00000000', type: 'CHANGES#00000', records: '' };
    await world.table.putItems([left]);
    await run();
    expect(world.table.peek(left)).to.equal(undefined);
  });

  it('costs an unchanged pool neither a marker nor digests, only the sealing transaction', async () => {
    const before = world.table.written;
    await run();
    expect(world.table.written - before).to.equal(2);
  });

  it('resumes within the hour without listing again, in the mode in which it began', async () => {
    change();
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    const listed = world.calls.countOf('cognito.listUsersPage');
    world.clock.advance(HOURS);
    expect((await run()).runId).to.equal(runId);
    expect(world.calls.countOf('cognito.listUsersPage') - listed).to.be.at.most(6);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });
});
