import { expect } from 'chai';
import { checkStateMachine } from '../../../../source/domain/workflow/check-state-machine.ts';
import {
  assertExportMayRun,
  assertImportMayRun,
  leaseKey,
  takeLease,
} from '../../../../source/domain/workflow/lease.ts';
import { rejection } from '../../../support/rejection.ts';
import { World } from '../../../support/world/world.ts';

const arn = (workflow: string, name: string, region = 'eu-west-1'): string =>
  `arn:aws:states:${region}:000000000000:execution:${workflow}-0123456789ab:${name}`;
const EXPORT = arn('ExportWorkflow', 'one');
const OTHER = arn('ExportWorkflow', 'two');
const IMPORT = arn('ImportWorkflow', 'three');
const REGIONS = ['eu-west-1', 'eu-central-1'];
const LAUNCH = { regions: REGIONS, tableName: 'main-BackupTable-1' };

describe('leases', () => {
  let world: World;
  const deps = () => ({ table: world.table, executionStatus: world.executionStatus, clock: world.clock });
  const take = (executionArn: string) =>
    takeLease(deps(), { workflow: 'ExportWorkflow', region: 'eu-west-1', executionArn });
  const holder = () => world.table.peek(leaseKey('ExportWorkflow', 'eu-west-1'))?.executionArn;
  beforeEach(() => {
    world = new World();
  });

  it('is taken once, again by its holder, and not by another while the holder runs', async () => {
    world.executions.set(EXPORT, 'RUNNING');
    await take(EXPORT);
    await take(EXPORT);
    expect(world.table.written).to.equal(1);
    const error = await rejection(take(OTHER));
    expect(error).to.include({ name: 'ExecutionAlreadyRunning' });
    expect(error.message).to.include(EXPORT);
    expect(holder()).to.equal(EXPORT);
  });

  it('is taken from a holder that is gone', async () => {
    await take(EXPORT);
    await take(OTHER);
    expect(holder()).to.equal(OTHER);
    expect(await rejection(assertExportMayRun(deps(), EXPORT, REGIONS))).to.include({ name: 'LeaseLost' });
    await assertExportMayRun(deps(), OTHER, REGIONS);
  });

  for (const before of ['free', 'held by one that is gone']) {
    it(`goes to exactly one of many that start together (${before})`, async () => {
      if (before !== 'free') await take(arn('ExportWorkflow', 'gone'));
      const starts = Array.from({ length: 8 }, (_, n) => arn('ExportWorkflow', `s${n}`));
      for (const start of starts) world.executions.set(start, 'RUNNING');
      world.calls.latencies['table'] = 5;
      const outcomes = await Promise.allSettled(starts.map(take));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).to.have.length(1);
      const won = starts[outcomes.findIndex(({ status }) => status === 'fulfilled')];
      expect(holder()).to.equal(won);
    });
  }

  it('stays with the taker whose answer was lost', async () => {
    world.calls.fail({ call: 'table.putItemIf', when: 'after', error: () => new Error('lost') });
    await rejection(take(EXPORT));
    await take(EXPORT);
    expect(holder()).to.equal(EXPORT);
  });

  it('is missing where it was never taken', async () => {
    expect(await rejection(assertImportMayRun(world.table, IMPORT))).to.include({ name: 'LeaseLost' });
  });

  it('stops an export while a restore runs in either Region, and not afterwards', async () => {
    await take(EXPORT);
    for (const region of REGIONS) {
      const restore = arn('ImportWorkflow', 'r', region);
      world.table.seed({ ...leaseKey('ImportWorkflow', region), executionArn: restore });
      world.executions.set(restore, 'RUNNING');
      expect(await rejection(assertExportMayRun(deps(), EXPORT, REGIONS)), region).to.include({
        name: 'RestoreInProgress',
      });
      world.executions.set(restore, 'gone');
      await assertExportMayRun(deps(), EXPORT, REGIONS);
    }
  });

  describe('checkStateMachine', () => {
    const event = (workflow: string, executionArn: string, input: unknown) => ({
      workflow,
      executionArn,
      startTime: '2026-03-01T00:00:00Z',
      input,
    });

    it('answers the state that later functions get, the same when asked again', async () => {
      const state = {
        executionArn: EXPORT,
        startTime: '2026-03-01T00:00:00Z',
        options: { allowMassDelete: false, allowMassChange: false, trigger: 'Launch' },
        skipped: false,
      };
      for (let n = 0; n < 2; n += 1)
        expect(
          await checkStateMachine(deps(), event('ExportWorkflow', EXPORT, { Trigger: 'Launch' }), LAUNCH),
        ).to.deep.equal(state);
    });

    it('checks the input before it takes the lease', async () => {
      expect(await rejection(checkStateMachine(deps(), event('ImportWorkflow', IMPORT, {}), LAUNCH))).to.include({
        name: 'InvalidNewUserPoolId',
      });
      expect(world.table.written).to.equal(0);
    });

    it('halts an export, not an import, while a restore runs in the other Region', async () => {
      const restore = arn('ImportWorkflow', 'r', 'eu-central-1');
      world.table.seed({ ...leaseKey('ImportWorkflow', 'eu-central-1'), executionArn: restore });
      world.executions.set(restore, 'RUNNING');
      expect(await rejection(checkStateMachine(deps(), event('ExportWorkflow', EXPORT, {}), LAUNCH))).to.include({
        name: 'RestoreInProgress',
      });
      const { options } = await checkStateMachine(
        deps(),
        event('ImportWorkflow', IMPORT, { NewUserPoolId: 'eu-west-1_New' }),
        LAUNCH,
      );
      expect(options).to.include({ newUserPoolId: 'eu-west-1_New' });
    });

    it('refuses an event that no state machine sends', async () => {
      expect(await rejection(checkStateMachine(deps(), {}, LAUNCH))).to.include({ name: 'BadState' });
    });
  });
});
