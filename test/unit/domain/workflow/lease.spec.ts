import { expect } from 'chai';
import { checkStateMachine } from '../../../../source/domain/workflow/check-state-machine.ts';
import {
  assertExportMayRun,
  assertImportMayRun,
  assertNoRestore,
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

  it('16.2: lets an export wait while a selection is restored in either Region, and go on afterwards', async () => {
    await take(EXPORT);
    for (const region of REGIONS) {
      const restore = arn('ImportWorkflow', 'r', region);
      world.table.seed({ ...leaseKey('ImportWorkflow', region), executionArn: restore, selectionFor: 'a pool' });
      world.executions.set(restore, 'RUNNING');
      const error = await rejection(assertExportMayRun(deps(), EXPORT, REGIONS));
      expect(error, region).to.include({ name: 'SelectionRunning' });
      expect(error.message, region).to.include(restore);
      await assertNoRestore(deps(), REGIONS);
      world.executions.set(restore, 'gone');
      await assertExportMayRun(deps(), EXPORT, REGIONS);
    }
  });

  it('16.2: a whole restore counts before a selection, and a lease that was lost before both', async () => {
    await take(EXPORT);
    const [selection, whole] = REGIONS.map((region) => arn('ImportWorkflow', 'r', region)) as [string, string];
    world.table.seed({
      ...leaseKey('ImportWorkflow', REGIONS[0] as string),
      executionArn: selection,
      selectionFor: 'a pool',
    });
    world.table.seed({ ...leaseKey('ImportWorkflow', REGIONS[1] as string), executionArn: whole });
    for (const restore of [selection, whole]) world.executions.set(restore, 'RUNNING');
    const refused = await rejection(assertExportMayRun(deps(), EXPORT, REGIONS));
    expect(refused).to.include({ name: 'RestoreInProgress' });
    expect(refused.message).to.include(whole);
    expect(await rejection(assertExportMayRun(deps(), OTHER, REGIONS))).to.include({ name: 'LeaseLost' });
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

    const POOL = 'eu-west-1_New';
    const SELECTION = `restores/${POOL}/selections/20260301T000000Z-0a1b2c3d/request.json`;
    const SELECTED = { NewUserPoolId: POOL, Selection: SELECTION };
    const importLease = () => world.table.peek(leaseKey('ImportWorkflow', 'eu-west-1'));
    const start = (name: string, input: unknown) => {
      const executionArn = arn('ImportWorkflow', name);
      world.executions.set(executionArn, 'RUNNING');
      return checkStateMachine(deps(), event('ImportWorkflow', executionArn, input), LAUNCH);
    };

    it('16.2: says in the lease of an import that it is a selection, and for which pool', async () => {
      await start('selection', SELECTED);
      expect(importLease()).to.include({ selectionFor: POOL, executionArn: arn('ImportWorkflow', 'selection') });
      world.executions.clear();
      await start('whole', { NewUserPoolId: POOL });
      expect(importLease()).to.not.have.property('selectionFor');
    });

    for (const [first, second] of [
      [SELECTED, SELECTED],
      [SELECTED, { NewUserPoolId: POOL }],
      [{ NewUserPoolId: POOL }, SELECTED],
    ] as const)
      it(`16.2: ${'Selection' in second ? 'a selection' : 'a whole restore'} halts while ${'Selection' in first ? 'a selection' : 'a whole restore'} runs`, async () => {
        await start('first', first);
        const before = importLease();
        expect(await rejection(start('second', second))).to.include({ name: 'ExecutionAlreadyRunning' });
        expect(importLease()).to.deep.equal(before);
      });

    it('16.2: an export that is started while a selection is restored neither halts nor has nothing to do', async () => {
      await start('selection', SELECTED);
      for (const input of [{}, { Trigger: 'Schedule' }])
        expect(await checkStateMachine(deps(), event('ExportWorkflow', EXPORT, input), LAUNCH)).to.include({
          skipped: false,
        });
    });

    it('refuses an event that no state machine sends', async () => {
      expect(await rejection(checkStateMachine(deps(), {}, LAUNCH))).to.include({ name: 'BadState' });
    });
  });
});
