import { expect } from 'chai';
import { executionProgressKey } from '../../../../source/domain/workflow/progress.ts';
import { mostPerSecond } from '../../../../tools/simulation/most-per-second.ts';
import { workflowNamed } from '../../../../tools/simulation/workflow/definition.ts';
import { withPermittedPorts } from '../../../../tools/simulation/workflow/permitted-ports.ts';
import type { WorkflowName } from '../../../../tools/simulation/workflow/definition.ts';
import { DrillWorld } from '../../../support/drill/drill-world.ts';
import { SelectionAtWork } from '../../../support/workflows/selection-at-work.ts';
import { REGION, SETTINGS, SOURCE } from '../../../support/workflows/workflow-world.ts';
import type { WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const SECOND_MS = 1_000;
/** What a drill may keep an export waiting for: once its permit, and the margin. */
const LONGEST_WAIT_MS = 5 * SECOND_MS;
/** Everything that waits for the pacer. */
const COGNITO = /^(?:cognito|settings|pools)\.|^jobs\.(?!uploadCsv|readLog)/;

const tasksOf = (workflow: WorkflowName): string[] =>
  Object.entries(workflowNamed(workflow).States)
    .filter(([, { Type, Resource = '' }]) => Type === 'Task' && !/MessageBroker|CheckStateMachine/.test(Resource))
    .map(([name]) => name);

/** A pool whose export takes some seconds, and whose drill does, too. */
async function pacedWorld(users = 60): Promise<DrillWorld> {
  const world = await DrillWorld.exported(users, [users, 3]);
  world.cognito.knobs.pageSize = 2;
  world.paced = true;
  for (const kind of ['cognito', 'settings', 'jobs', 'pools']) world.calls.latencies[kind] = 100;
  world.calls.latencies['objects'] = 30;
  await world.clock.sleep(3_600_000);
  return world;
}

const callsSince = ({ calls }: WorkflowWorld, since: number): number[] =>
  calls.log.filter(({ call, at }) => at >= since && COGNITO.test(call)).map(({ at }) => at);

async function exportTime(world: WorkflowWorld, input: object = {}): Promise<number> {
  const began = world.clock.now();
  const ended = await world.export(input);
  expect(ended, ended.cause).to.include({ status: 'SUCCEEDED' });
  return world.clock.now() - began;
}

const errorsOf = ({ history }: WorkflowWorld): (readonly [string, string | undefined])[] =>
  history.filter(({ error }) => error !== undefined).map(({ state, error }) => [state, error?.name] as const);

describe('17.6: a drill beside others', function () {
  this.timeout(60_000);
  let alone: number;
  before(async () => {
    alone = await exportTime(await pacedWorld());
    expect(alone).to.be.above(5 * SECOND_MS);
  });

  it('17.6: stops in every step while an export calls Cognito: never above CognitoTPS together', async () => {
    const inputs = [{}, { Everybody: true }, { Users: 50 }];
    for (const [nth, task] of tasksOf('drill').entries()) {
      const world = await pacedWorld();
      const since = world.clock.now();
      let exporting: Promise<number> | undefined;
      world.entered = (state) => {
        if (state === task) exporting ??= world.clock.sleep(700).then(() => exportTime(world, { Trigger: 'Schedule' }));
      };
      const drill = await world.drill(inputs[nth % inputs.length]);
      expect(drill, `${task}: ${drill.cause}`).to.include({ status: 'SUCCEEDED' });
      expect(await exporting, task).to.be.within(1, alone + LONGEST_WAIT_MS);
      expect(mostPerSecond(callsSince(world, since)), task).to.be.at.most(SETTINGS.callsPerSecond);
      // What was planned for is overtaken when that export is sealed before the drill has read it.
      const overtaken = errorsOf(world).filter(([, name]) => name === 'ExportRunOpen');
      expect(errorsOf(world), task).to.deep.equal(overtaken.slice(0, 1));
      expect([world.drillPools, world.records], task).to.deep.equal([[], []]);
    }
  });

  it('17.6: that begins in any step of an export waits for its end', async () => {
    for (const task of tasksOf('export')) {
      const world = await pacedWorld();
      const since = world.clock.now();
      let drill: ReturnType<typeof world.drill> | undefined;
      world.entered = (state) => {
        if (state === task) drill ??= world.drill();
      };
      const took = await exportTime(world);
      const ended = await drill;
      expect(ended, `${task}: ${ended?.cause}`).to.include({ status: 'SUCCEEDED' });
      expect(took, task).to.be.at.most(alone + LONGEST_WAIT_MS);
      expect(mostPerSecond(callsSince(world, since)), task).to.be.at.most(SETTINGS.callsPerSecond);
      expect(errorsOf(world), task).to.deep.equal([]);
    }
  });

  it('17.6: does not hold up a long export for more than one wait, however many functions that has', async () => {
    const long = await pacedWorld(400);
    const undisturbed = await exportTime(long);
    const world = await pacedWorld(400);
    let exporting: Promise<number> | undefined;
    world.entered = (state) => {
      if (state === 'UpdateUsers') exporting ??= world.clock.sleep(500).then(() => exportTime(world));
    };
    const drill = await world.drill({ Everybody: true });
    expect(drill, drill.cause).to.include({ status: 'SUCCEEDED' });
    expect(await exporting).to.be.at.most(undisturbed + LONGEST_WAIT_MS);
  });

  it('17.6: that was killed while it called keeps an export waiting for a few seconds only', async () => {
    const world = await pacedWorld();
    world.stopOnKill = true;
    world.entered = (state) => {
      if (state === 'ComparePool') world.calls.killAt(12, 'after');
    };
    expect(await world.drill().catch((error: unknown) => (error as Error).name)).to.equal('Stopped');
    world.entered = undefined;
    world.calls.revive();
    expect(await exportTime(world)).to.be.at.most(alone + LONGEST_WAIT_MS);
  });

  it('17.6: waits for a comparison, which waits for it for a few seconds', async () => {
    const world = await pacedWorld(200);
    const since = world.clock.now();
    const { callsPerSecond } = SETTINGS;
    const executionArn = 'arn:aws:states:us-east-1:111122223333:execution:VerifyWorkflow-0123456789ab:one';
    const about = { ...world.newInvocation(), objects: world.objects, executionArn, callsPerSecond };
    let [asked, began, ended] = [0, 0, 0];
    const comparing = async (): Promise<void> => {
      for (let waits = 0; waits < 10_000 && world.calls.countOf('cognito.addUserToGroup') < 20; waits += 1)
        await world.clock.sleep(100);
      asked = world.clock.now();
      await withPermittedPorts(
        { pool: world.cognito },
        { ...about, workflow: 'VerifyWorkflow', assertLease: () => Promise.resolve() },
        async ({ pool }) => {
          for (ended = asked; ended < asked + 30 * SECOND_MS; ended = world.clock.now()) {
            await pool.describe(SOURCE);
            began ||= world.clock.now();
          }
        },
      );
    };
    let compared: Promise<void> | undefined;
    world.entered = (state) => {
      if (state === 'UpdateUsers') compared ??= comparing();
    };
    const drill = await world.drill();
    await compared;
    expect(drill, drill.cause).to.include({ status: 'SUCCEEDED' });
    expect(began - asked).to.be.within(SECOND_MS, LONGEST_WAIT_MS);
    expect(world.clock.now()).to.be.above(ended);
    expect(mostPerSecond(callsSince(world, since))).to.be.at.most(callsPerSecond);
  });

  it('17.6: ends at once for a restore, whose calls and its own are never above CognitoTPS together', async () => {
    const world = await pacedWorld(200);
    const since = world.clock.now();
    let restoring: ReturnType<typeof world.import> | undefined;
    let ended = 0;
    world.entered = (state) => {
      if (state === 'UpdateUsers') restoring ??= world.clock.sleep(300).then(() => world.import());
      if (state === 'CheckNewUserPool' && restoring !== undefined) ended ||= world.clock.now();
    };
    const began = world.clock.now();
    const drill = await world.drill();
    expect(drill).to.include({ status: 'FAILED', error: 'RestoreInProgress' });
    expect(await restoring).to.include({ status: 'SUCCEEDED' });
    expect(mostPerSecond(callsSince(world, since))).to.be.at.most(SETTINGS.callsPerSecond);
    expect(ended - began).to.be.above(0);
    expect([world.drillPools, world.records]).to.deep.equal([[], []]);
  });

  it('17.6: tells whoever follows it that it waits, and for how long its state machine does', async () => {
    const world = await pacedWorld();
    const others = await SelectionAtWork.begin(world);
    const calling = others.callsFor(90 * SECOND_MS);
    others.end();
    await world.clock.sleep(SECOND_MS);
    const drill = world.drill();
    await world.clock.sleep(20 * SECOND_MS);
    const [arn] = [...world.executions].find(
      ([name]) => name.includes(`${REGION}`) && name.includes('DrillWorkflow'),
    ) as [string, string];
    expect(world.objects.json(executionProgressKey(arn))).to.include({ phase: 'waiting while others call Cognito' });
    expect(world.history.at(-1)).to.have.nested.property('answer.waitSeconds', 15);
    await calling;
    expect(await drill).to.include({ status: 'SUCCEEDED' });
  });
});
