import { expect } from 'chai';
import { LATEST_KEY, OPEN_KEY } from '../../../../source/domain/backup/manifest.ts';
import { rejection } from '../../../support/rejection.ts';
import { expectSealed, exportedWorlds, worldAfter } from '../../../support/workflows/small-worlds.ts';

describe('ExportWorkflow that finds a plan left open', () => {
  it('A2: completes it, then does what it was started for, in one execution', async () => {
    const { once } = await exportedWorlds();
    const undisturbed = worldAfter(once);
    const before = undisturbed.calls.count;
    await undisturbed.export();
    const deletes = undisturbed.calls.log.findIndex(({ call }) => call === 'table.deleteItems') - before + 1;
    const world = worldAfter(once);
    world.stopOnKill = true;
    world.calls.killAt(deletes);
    expect(await rejection(world.export())).to.have.property('name', 'Stopped');
    const left = world.table.peek(OPEN_KEY)?.runId;
    expect(left).to.not.equal(undefined);
    world.stopOnKill = false;
    world.clock.advance(24 * 3_600_000);

    const ended = await world.export();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    expect(ended.states.filter((state) => /^(Check|SyncUsers$|BackupTable|NotifyF)/.test(state))).to.deep.equal([
      'CheckStateMachine',
      'CheckUserPoolConfig',
      'BackupTableCleanup',
      'CheckUserPoolConfig',
      'SyncUsers',
      'BackupTableCleanup',
      'NotifyFinished',
    ]);
    expect(world.table.peek({ id: `EXPORT#${String(left)}`, type: 'MANIFEST' })).to.not.equal(undefined);
    expect(world.table.peek(LATEST_KEY)?.runId).to.not.equal(left);
    expectSealed(world, 'after the second run');
  });
});
