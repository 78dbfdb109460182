import { expect } from 'chai';
import { mostPerSecond } from '../../../../tools/simulation/most-per-second.ts';
import type { EndedExecution } from '../../../../tools/simulation/workflow/run-workflow.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { SETTINGS, Stopped, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

/** Calls that are made to something else. */
const ELSEWHERE = /^jobs\.(uploadCsv|readLog)$/;
/** Longer than a permit and its margin. */
const PATIENCE_MS = 25_000;

function pacedWorld(users = 400): WorkflowWorld {
  const world = new WorkflowWorld();
  world.calls.latencies.cognito = 100;
  world.cognito.knobs.pageSize = 1;
  addUsers(world.source, users);
  addGroups(world.source, [100, users]);
  world.paced = true;
  return world;
}

const callTimes = ({ calls }: WorkflowWorld): number[] =>
  calls.log.filter(({ call }) => /^(cognito|settings|jobs)\./.test(call) && !ELSEWHERE.test(call)).map(({ at }) => at);

/** Work that has been going on for so long stores its progress, and learns from it who has taken over, rarely. */
const LONG_MS = 40 * 60_000;

/** Starts a workflow and stops it after a while; what is returned ends when its function has noticed. */
async function startAndStop(
  world: WorkflowWorld,
  afterMs: number,
  run: () => Promise<EndedExecution>,
): Promise<{ readonly noticed: Promise<void> }> {
  const running = run().catch((error: unknown) => error);
  await world.clock.sleep(afterMs);
  world.stop();
  return { noticed: running.then((error) => void expect(error).to.be.instanceOf(Stopped)) };
}

/** Starts a workflow, stops it after a while, and starts the next one at once; the stopped one's function goes on. */
async function stopAndStart(
  world: WorkflowWorld,
  afterMs: number,
  run: () => Promise<EndedExecution>,
): Promise<EndedExecution> {
  await (
    await startAndStop(world, 3_000, run)
  ).noticed;
  await world.clock.sleep(LONG_MS);
  const { noticed } = await startAndStop(world, afterMs, run);
  const at = world.clock.now();
  const ended = await run();
  await noticed;
  expect(callTimes(world).filter((time) => time > at && time <= at + PATIENCE_MS)).to.not.be.empty;
  return ended;
}

describe('D14: a workflow that is stopped and started again at once', function () {
  this.timeout(60_000);

  for (const afterMs of [6_000, 15_000])
    it(`ends well and stays below CognitoTPS: an export after ${afterMs / 1000} s`, async () => {
      const world = pacedWorld();
      const run = (): Promise<EndedExecution> => world.export();
      const ended = await stopAndStart(world, afterMs, run);
      expect(ended).to.include({ status: 'SUCCEEDED' });
      expect(mostPerSecond(callTimes(world))).to.be.at.most(SETTINGS.callsPerSecond);
    });

  for (const afterMs of [6_000, 15_000])
    it(`ends well and stays below CognitoTPS: a restore after ${afterMs / 1000} s`, async () => {
      const world = pacedWorld();
      await world.export();
      const run = (): Promise<EndedExecution> => world.import();
      const ended = await stopAndStart(world, afterMs, run);
      expect(ended).to.include({ status: 'SUCCEEDED' });
      expect(mostPerSecond(callTimes(world))).to.be.at.most(SETTINGS.callsPerSecond);
    });

  for (const stopped of [true, false])
    it(`ends well and stays below CognitoTPS: a restore ${stopped ? 'after an export that was stopped' : 'beside an export that is at work'}`, async () => {
      const world = pacedWorld(200);
      // Then either of them alone makes as many calls as it may.
      world.calls.latencies.cognito = 20;
      await world.export();
      await world.clock.sleep(LONG_MS);
      const exporting = world.export().catch((error: unknown) => error);
      await world.clock.sleep(4_000);
      if (stopped) world.stop();
      const at = world.clock.now();
      const ended = await world.import();
      await exporting;
      expect(ended).to.include({ status: 'SUCCEEDED' });
      expect(callTimes(world).filter((time) => time > at && time <= at + PATIENCE_MS)).to.not.be.empty;
      expect(mostPerSecond(callTimes(world))).to.be.at.most(SETTINGS.callsPerSecond);
    });

  it('costs an undisturbed workflow no wait', async () => {
    const world = pacedWorld();
    await world.export();
    expect(world.log.lines.filter((line) => line.includes('this one waits'))).to.deep.equal([]);
  });
});
