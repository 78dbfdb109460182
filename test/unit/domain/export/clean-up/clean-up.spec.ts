import { expect } from 'chai';
import type { TableItem } from '../../../../../source/domain/ports.ts';
import { actualItems, expectedItems } from '../../../../support/export/expected-table.ts';
import { ExportRunner } from '../../../../support/export/export-runner.ts';
import { rejection } from '../../../../support/rejection.ts';
import { addUsers } from '../../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import type { World } from '../../../../support/world/world.ts';
import { exportedPool, removeUsers } from '../../../../support/export/exported-pool.ts';
import type { ExportedPool } from '../../../../support/export/exported-pool.ts';

describe('clean-up of the backup table', () => {
  let world: World;
  let pool: MemoryPool;
  let run: ExportedPool['run'];
  beforeEach(async () => {
    ({ world, pool, run } = await exportedPool());
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
      // And the plan's digests and the OPEN marker.
      expect(world.table.deleted - deletedBefore).to.equal(2500 + 2);
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
