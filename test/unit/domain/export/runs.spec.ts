import { expect } from 'chai';
import { OPEN_KEY } from '../../../../source/domain/backup/manifest.ts';
import { Fault } from '../../../../source/domain/errors.ts';
import { syncUsers } from '../../../../source/domain/export/sync-users.ts';
import { actualItems, expectedItems } from '../../../support/export/expected-table.ts';
import { ExportRunner, POOL_ID } from '../../../support/export/export-runner.ts';
import { rejection } from '../../../support/rejection.ts';
import { addUsers } from '../../../support/world/builders.ts';
import type { MemoryPool } from '../../../../tools/simulation/cognito/memory-pool.ts';
import { World } from '../../../support/world/world.ts';

const MINUTES = 60_000;

describe('runs of the export', () => {
  let world: World;
  let pool: MemoryPool;
  beforeEach(() => {
    world = new World();
    pool = world.pool(POOL_ID);
    addUsers(pool, 130);
  });

  it('sets the OPEN marker before anything else is in the table', async () => {
    const { runId, resumed } = await new ExportRunner(world).open();
    expect(resumed).to.equal(false);
    expect(world.table.all()).to.have.length(1);
    expect(world.table.peek(OPEN_KEY)).to.include({ runId });
  });

  it('resumes a run up to an hour after its last checkpoint, without listing again what was listed', async () => {
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    const calls = world.calls.countOf('cognito.listUsersPage');
    world.clock.advance(60 * MINUTES);
    expect((await new ExportRunner(world).run()).runId).to.equal(runId);
    expect(world.calls.countOf('cognito.listUsersPage')).to.equal(calls);
  });

  it('begins a new run later, and drops the objects of the old one', async () => {
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    await runner.listAll(runId);
    world.clock.advance(60 * MINUTES + 1);
    const summary = await new ExportRunner(world).run();
    expect(summary.runId).not.to.equal(runId);
    expect([...world.objects.stored.keys()].filter((key) => key.includes(runId))).to.deep.equal([]);
    expect(actualItems(world.table)).to.deep.equal(expectedItems(pool));
  });

  it('stops an invocation of a run that another one has replaced', async () => {
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    world.clock.advance(61 * MINUTES);
    await new ExportRunner(world).open();
    expect(await rejection(runner.listAll(runId))).to.have.property('name', 'Superseded');
  });

  it('stops an invocation whose checkpoint a retry has taken over, and the retry alone finishes', async () => {
    world.calls.latencies.cognito = 15_000;
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    const request = { runId, callsPerSecond: 10 };
    const older = rejection(syncUsers(runner.deps(), request));
    await world.clock.sleep(1000);
    const newer = syncUsers(runner.deps(), request);
    expect(await older).to.have.property('name', 'Superseded');
    expect(await newer).to.include({ done: true, listed: 130 });
    expect((await rejection(runner.cleanUp(runId))).message).to.include('has not listed all groups');
  });

  it('gives way to throttles as long as something was done, and fails when nothing is', async () => {
    const throttled = (): Error => new Fault('Throttled', 'throttled');
    const runner = new ExportRunner(world);
    const { runId } = await runner.open();
    world.calls.fail({ call: 'cognito.listUsersPage', nth: 3, times: 2, error: throttled });
    expect(await syncUsers(runner.deps(), { runId, callsPerSecond: 10 })).to.include({ done: false, listed: 120 });
    expect(await rejection(syncUsers(runner.deps(), { runId, callsPerSecond: 10 }))).to.have.property(
      'name',
      'Throttled',
    );
    expect(await syncUsers(runner.deps(), { runId, callsPerSecond: 10 })).to.include({ done: true, listed: 130 });
  });
});
