import { expect } from 'chai';
import { LATEST_KEY, manifestKey, OPEN_KEY } from '../../../../source/domain/backup/manifest.ts';
import type { TableItem } from '../../../../source/domain/ports.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { exportedPool, removeUsers } from '../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../support/export/exported-pool.ts';
import { ExportRunner } from '../../../support/export/export-runner.ts';
import { expectSealedOrOpen } from '../../../support/export/sealed-or-open.ts';
import { rejection } from '../../../support/rejection.ts';
import { addUsers } from '../../../support/world/builders.ts';
import { KilledError } from '../../../support/world/calls.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../support/world/world.ts';

const HOURS = 3_600_000;

describe('an export of a table that was put back to an earlier moment, or has lost what names its last sealed run', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
  });

  const overwriteNames = (from: number, to: number): void => {
    for (let n = from; n < to; n += 1) {
      const user = pool.find(`user${n}`);
      if (user !== undefined) pool.put({ ...user, attributes: { ...user.attributes, name: 'NULL' } });
    }
  };
  /** Dies between the writes and the deletions of a plan; resolves what the table holds then. */
  const dieWhileApplying = async (): Promise<{ readonly runId: string; readonly middle: readonly TableItem[] }> => {
    overwriteNames(0, 8);
    removeUsers(pool, 8, 14);
    addUsers(pool, 7, { prefix: 'new' });
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    world.calls.fail({ call: 'table.deleteItems', error: () => new KilledError('killed') });
    await rejection(runner.cleanUp(runId));
    world.calls.revive();
    return { runId, middle: structuredClone(world.table.all()) };
  };
  const putBack = async (items: readonly TableItem[]): Promise<void> => {
    await world.table.deleteItems(world.table.all().map(({ id, type }) => ({ id, type })));
    for (const item of items) world.table.seed(item);
  };

  for (const [when, goOn] of [
    [
      'and the bucket says that the run has ended',
      async (runId: string) => {
        const runner = new ExportRunner(world);
        await runner.open();
        await runner.cleanUp(runId);
      },
    ],
    ['and others were sealed since', () => run()],
  ] as const)
    it(`A2: seals what the pool holds although a plan is open in the table of before, ${when}`, async () => {
      const { runId, middle } = await dieWhileApplying();
      await goOn(runId);
      await putBack(middle);
      expect(world.table.peek(OPEN_KEY)).to.include({ runId });
      await run();
      expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
      await expectSealedOrOpen(world, 'after the next export');
    });

  it('A2: applies all of such a plan once more, also what the bucket says is done', async () => {
    const { runId, middle } = await dieWhileApplying();
    const wanted = expectedItems(pool);
    const runner = new ExportRunner(world);
    await runner.open();
    await runner.cleanUp(runId);
    await putBack(middle);
    const { completing } = await runner.open();
    expect(completing).to.equal(true);
    await runner.cleanUp(runId);
    expect(world.table.peek(LATEST_KEY)).to.include({ runId });
    expect(actualItems(world.table)).to.deep.equal(wanted);
    await expectSealedOrOpen(world, 'after its completion');
  });

  it('A1: a table without EXPORT#LATEST is not written to as if it were new: the guards judge first, by the sealed counts', async () => {
    const sealed = actualItems(world.table);
    await world.table.deleteItems([LATEST_KEY]);
    overwriteNames(0, 100);
    removeUsers(pool, 0, 40);
    for (let night = 0; night < 2; night += 1) {
      const error = await rejection(run());
      expect(error).to.have.property('name', 'MassDeleteRefused');
      expect(error.message).to.include('40 of 100 users').and.to.include('60 of 100 users').and.not.include('Infinity');
      expect(actualItems(world.table)).to.deep.equal(sealed);
      expect(world.table.peek(OPEN_KEY)).to.equal(undefined);
      world.clock.advance(24 * HOURS);
    }
    const { runId } = await run({ allowMassDelete: true, allowMassChange: true });
    expect(world.table.peek(LATEST_KEY)).to.include({ runId });
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('a new table beside the bucket of an earlier one is written to at once, like that of any first export', async () => {
    await putBack([]);
    const { runId } = await new ExportRunner(world).open();
    expect(world.table.peek(OPEN_KEY)).to.include({ runId }).and.not.have.property('plan');
    await run();
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('a plan made while no snapshots were kept leaves the newest one untagged when it is completed with snapshots', async () => {
    const kept = world.table.peek(LATEST_KEY)?.runId as string;
    removeUsers(pool, 0, 5);
    const runner = new ExportRunner(world, { keepSnapshot: false });
    const { runId } = await runner.open();
    await runner.listAll(runId);
    world.calls.fail({ call: 'table.deleteItems', error: () => new KilledError('killed') });
    await rejection(runner.cleanUp(runId));
    world.calls.revive();
    // What is not the plan itself expires.
    for (const key of world.objects.stored.keys()) if (key.startsWith('exports/')) world.objects.stored.delete(key);
    const next = new ExportRunner(world);
    await next.open();
    await next.cleanUp(runId);
    expect(world.table.peek(manifestKey(runId))).to.not.have.property('snapshot');
    expect(world.objects.tags.get(`snapshots/${kept}/manifest.json`)?.snapshot).to.not.equal('superseded');
  });
});
