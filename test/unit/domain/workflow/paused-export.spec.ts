import { expect } from 'chai';
import { HEAD_KEY } from '../../../../source/domain/export/run.ts';
import type { RunHead } from '../../../../source/domain/export/run.ts';
import { executionProgressKey } from '../../../../source/domain/workflow/progress.ts';
import { mostPerSecond } from '../../../../tools/simulation/most-per-second.ts';
import { workflowNamed } from '../../../../tools/simulation/workflow/definition.ts';
import { expectSealed } from '../../../support/workflows/small-worlds.ts';
import { SelectionAtWork } from '../../../support/workflows/selection-at-work.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import {
  BACKUP_REGION,
  REGION,
  SETTINGS,
  Stopped,
  TARGET,
  WorkflowWorld,
} from '../../../support/workflows/workflow-world.ts';

const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A pool that was exported once and has changed since; an export of it makes more than two calls per user. */
async function exportedWorld(users = 60): Promise<WorkflowWorld> {
  const world = new WorkflowWorld();
  world.calls.latencies.cognito = 200;
  world.cognito.knobs.pageSize = 1;
  world.paced = true;
  addUsers(world.source, users);
  addGroups(world.source, [users, 3]);
  expect(await world.export()).to.include({ status: 'SUCCEEDED' });
  for (const name of ['user1', 'user2']) world.source.remove(name);
  addUsers(world.source, 2, { prefix: 'late' });
  await world.clock.sleep(HOUR_MS);
  return world;
}

const runId = (world: WorkflowWorld): string => world.objects.json<RunHead>(HEAD_KEY).runId;
const callTimes = ({ calls }: WorkflowWorld): number[] =>
  calls.log.filter(({ call }) => call.startsWith('cognito.')).map(({ at }) => at);

describe('16.2: an export while a selection is restored', function () {
  this.timeout(60_000);

  it('16.2: that runs waits, and goes on under its run id, without an error and without a message', async () => {
    const undisturbed = await exportedWorld();
    const before = undisturbed.calls.countOf('cognito');
    await undisturbed.export();
    const needed = undisturbed.calls.countOf('cognito') - before;

    const world = await exportedWorld();
    const messages = world.messages.length;
    const exporting = world.export();
    await world.clock.sleep(5 * SECOND_MS);
    const run = runId(world);
    const selection = await SelectionAtWork.begin(world);
    await selection.callsFor(40 * SECOND_MS);
    const made = world.calls.countOf('cognito');
    await world.clock.sleep(70 * 60 * SECOND_MS);
    expect(world.calls.countOf('cognito'), 'calls while it waits').to.equal(made);
    selection.end();
    const ended = await exporting;

    expect(ended).to.include({ status: 'SUCCEEDED' });
    expectSealed(world);
    expect(ended.output).to.have.nested.property('manifest.runId', run);
    expect(world.messages.slice(messages).map(({ subject }) => subject)).to.deep.equal([
      undisturbed.messages.at(-1)?.subject,
    ]);
    expect(world.history.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    expect(mostPerSecond(callTimes(world))).to.be.at.most(SETTINGS.callsPerSecond);
    // What was listed stays listed: the calls of the selection aside, only a slice that was not saved is listed again.
    expect(world.calls.countOf('cognito') - made).to.be.below(needed);
  });

  it('16.2: waits in whichever step the selection meets it', async () => {
    const tasks = Object.entries(workflowNamed('export').States).filter(
      ([name, { Type, Resource = '' }]) => Type === 'Task' && !/MessageBroker|CheckStateMachine/.test(name + Resource),
    );
    expect(tasks).to.have.length(7);
    for (const [task] of tasks) {
      const world = await exportedWorld(12);
      let selection: SelectionAtWork | undefined;
      let run: string | undefined;
      world.entered = async (state) => {
        if (state !== task || selection !== undefined) return;
        selection = await SelectionAtWork.begin(world);
        run = runId(world);
      };
      const earlier = world.history.length;
      const exporting = world.export();
      await world.clock.sleep(120 * SECOND_MS);
      const called = world.history.slice(earlier).filter(({ state }) => state === task);
      expect(called.length, task).to.be.above(5);
      for (const { answer } of called) expect(answer, task).to.include({ paused: true, done: false });
      selection?.end();
      const ended = await exporting;
      expect(ended, task).to.include({ status: 'SUCCEEDED' });
      expectSealed(world, task);
      if (task !== 'CheckUserPoolConfig') expect(ended.output, task).to.have.nested.property('manifest.runId', run);
    }
  });

  for (const [started, input, region] of [
    ['by the schedule', { Trigger: 'Schedule' }, BACKUP_REGION],
    ['by hand', {}, REGION],
  ] as const)
    it(`16.2: that is started ${started} waits for a selection in ${region}, and resumes what was interrupted`, async () => {
      const world = await exportedWorld();
      const interrupted = world.export().catch((error: unknown) => error);
      await world.clock.sleep(5 * SECOND_MS);
      world.stop();
      expect(await interrupted).to.be.instanceOf(Stopped);
      const run = runId(world);
      const selection = await SelectionAtWork.begin(world, region);
      const messages = world.messages.length;
      const exporting = world.export(input);
      await world.clock.sleep(70 * 60 * SECOND_MS);
      expect(world.history.at(-1)).to.have.nested.property('answer.paused', true);
      expect(world.messages).to.have.length(messages);
      selection.end();
      const ended = await exporting;
      expect(ended).to.include({ status: 'SUCCEEDED' });
      expect(ended.output).to.have.nested.property('manifest.runId', run);
      expectSealed(world);
    });

  it('16.2: goes on when the selection has died', async () => {
    const world = await exportedWorld(12);
    const selection = await SelectionAtWork.begin(world);
    selection.end();
    expect(selection.lease).to.include({ selectionFor: TARGET });
    const states = world.history.length;
    expect(await world.export()).to.include({ status: 'SUCCEEDED' });
    for (const { answer } of world.history.slice(states)) expect(answer).to.not.have.property('paused');
  });

  it('16.2: is not resumed once it was interrupted more than an hour ago, whoever waits then', async () => {
    const world = await exportedWorld();
    const interrupted = world.export().catch((error: unknown) => error);
    await world.clock.sleep(5 * SECOND_MS);
    world.stop();
    await interrupted;
    const run = runId(world);
    await world.clock.sleep(HOUR_MS + 60 * SECOND_MS);
    const selection = await SelectionAtWork.begin(world);
    const exporting = world.export();
    await world.clock.sleep(HOUR_MS);
    selection.end();
    const ended = await exporting;
    expect(ended).to.include({ status: 'SUCCEEDED' });
    expect(ended.output).to.have.nested.property('manifest.runId').not.equal(run);
    expectSealed(world);
  });

  it('16.2: survives any number of short selections, whose permit it meets too late', async () => {
    const world = await exportedWorld(150);
    const exporting = world.export();
    await world.clock.sleep(3 * SECOND_MS);
    for (let count = 0; count < 6; count += 1) {
      const selection = await SelectionAtWork.begin(world);
      await selection.callsFor(100);
      selection.end();
      await world.clock.sleep(9 * SECOND_MS);
    }
    const ended = await exporting;
    expect(ended).to.include({ status: 'SUCCEEDED' });
    expect(world.history.filter(({ error }) => error !== undefined)).to.deep.equal([]);
    expect(mostPerSecond(callTimes(world))).to.be.at.most(SETTINGS.callsPerSecond);
    expectSealed(world);
  });

  it('16.2: waits for days without filling its history, and answers to short waits soon', async () => {
    const world = await exportedWorld(12);
    const waited: number[] = [];
    const selection = await SelectionAtWork.begin(world);
    const exporting = world.export();
    await world.clock.sleep(6 * DAY_MS + 23 * HOUR_MS);
    selection.end();
    const ended = await exporting;
    expect(ended).to.include({ status: 'SUCCEEDED' });
    expect(ended.historyEvents).to.be.below(15_000);
    for (const { answer } of world.history) waited.push(...waitIn(answer));
    expect(waited[0]).to.equal(15);
    expect(Math.max(...waited)).to.equal(600);
  });

  it('16.2: tells whoever follows it that it waits', async () => {
    const world = await exportedWorld(12);
    const selection = await SelectionAtWork.begin(world);
    const exporting = world.export();
    await world.clock.sleep(60 * SECOND_MS);
    const [arn] = [...world.executions].find(
      ([name, status]) => name.includes('ExportWorkflow') && status === 'RUNNING',
    ) as [string, string];
    expect(world.objects.json(executionProgressKey(arn))).to.include({
      phase: 'waiting while a selection is restored',
    });
    selection.end();
    await exporting;
  });

  it('16.2: halts as before where a whole restore has followed the selection, and where both run', async () => {
    const world = await exportedWorld(12);
    const selection = await SelectionAtWork.begin(world, BACKUP_REGION);
    const whole = await SelectionAtWork.begin(world, REGION, { pool: undefined });
    expect(await world.export()).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
    selection.end();
    await SelectionAtWork.begin(world, BACKUP_REGION, { pool: undefined });
    whole.end();
    expect(selection.lease).to.not.have.property('selectionFor');
    expect(await world.export()).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
  });
});

const waitIn = (answer: unknown): number[] =>
  typeof answer === 'object' && answer !== null && 'waitSeconds' in answer ? [Number(answer.waitSeconds)] : [];
