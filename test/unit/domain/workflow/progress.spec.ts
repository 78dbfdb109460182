import { expect } from 'chai';
import { problemWith } from '../../../../source/domain/state/shape.ts';
import type { WorkFigures } from '../../../../source/domain/state/work-figures.ts';
import {
  EXECUTION_PROGRESS_PREFIX,
  executionProgressIn,
  executionProgressKey,
  executionProgressShape,
  ProgressTeller,
  startTimeIn,
  tellingProgress,
} from '../../../../source/domain/workflow/progress.ts';
import type { ExecutionProgress } from '../../../../source/domain/workflow/progress.ts';
import { addGroups, addUsers } from '../../../support/world/builders.ts';
import { World } from '../../../support/world/world.ts';
import { backedUpWorld } from '../../../support/workflows/verified-backup.ts';
import { Stopped, WorkflowWorld } from '../../../support/workflows/workflow-world.ts';

const ARN = 'arn:aws:states:us-east-1:111122223333:execution:ExportWorkflow-0123456789ab:nightly';
const KEY = 'progress/nightly.json';
const WRITE_EVERY_MS = 10_000;

const about = (made: () => number, callsPerSecond = 10) => ({
  workflow: 'ExportWorkflow' as const,
  executionArn: ARN,
  startTime: '2026-03-01T00:00:00.000Z',
  callsMade: made,
  callsPerSecond: () => callsPerSecond,
});
const figures = (over: Partial<WorkFigures> = {}): WorkFigures => ({
  phase: 'listing users',
  users: { done: 60, of: 600 },
  callsLeft: 9,
  ...over,
});
const stored = (world: World): ExecutionProgress => world.objects.json<ExecutionProgress>(KEY);

describe('The progress of an execution', () => {
  it('lies under the name of the execution', () => {
    expect(executionProgressKey(ARN)).to.equal(KEY);
  });

  it('is written once in ten seconds, and at the end of an invocation', async () => {
    const world = new World();
    const teller = new ProgressTeller(
      world,
      about(() => 7),
    );
    for (let second = 0; second < 35; second += 1) {
      await teller.tell(figures({ users: { done: second, of: 600 } }));
      world.clock.advance(1000);
    }
    expect(world.calls.countOf('objects.put')).to.equal(3);
    await teller.end();
    await teller.end();
    expect(world.calls.countOf('objects.put')).to.equal(4);
    expect(stored(world)).to.deep.include({ users: { done: 34, of: 600 }, memberships: { done: 0 } });
  });

  it('goes on from what the invocation before wrote: calls add up, and what is not told stays', async () => {
    const world = new World();
    await tellingProgress(
      world,
      about(() => 40),
      (tell) => tell(figures({ memberships: { done: 0, of: 80 }, callsLeft: 12 })),
    );
    world.clock.advance(60_000);
    await tellingProgress(
      world,
      about(() => 2),
      (tell) => tell({ phase: 'listing groups' }),
    );
    expect(stored(world)).to.deep.include({
      workflow: 'ExportWorkflow',
      executionArn: ARN,
      phase: 'listing groups',
      users: { done: 60, of: 600 },
      memberships: { done: 0, of: 80 },
      calls: { done: 42, left: 12 },
      startedAt: '2026-03-01T00:00:00.000Z',
      at: new Date(world.clock.now()).toISOString(),
    });
  });

  it("does not go on from another execution's, nor from what is no longer readable", async () => {
    for (const body of ['{', JSON.stringify({ executionArn: ARN }), undefined]) {
      const world = new World();
      await tellingProgress(world, { ...about(() => 40), executionArn: ARN.replace('Export', 'Import') }, (tell) =>
        tell(figures()),
      );
      if (body !== undefined) await world.objects.put(KEY, body);
      await tellingProgress(
        world,
        about(() => 1),
        (tell) => tell({ phase: 'planning' }),
      );
      expect(stored(world)).to.deep.include({ executionArn: ARN, users: { done: 0 }, calls: { done: 1 } });
    }
  });

  it('tells the time left by the calls that are left and by the rate that was measured, or else is allowed', async () => {
    const cases = [
      { after: 100, made: 0, told: figures({ callsLeft: 95 }), secondsLeft: 10 },
      { after: 10_000, made: 50, told: figures({ callsLeft: 95 }), secondsLeft: 19 },
      { after: 10_000, made: 50, told: figures({ callsLeft: 95, secondsBeside: 60.2 }), secondsLeft: 61 },
      { after: 10_000, made: 50, told: figures({ callsLeft: 95, secondsBeside: 'unknown' }), secondsLeft: undefined },
      { after: 10_000, made: 50, told: figures({ callsLeft: 'unknown' }), secondsLeft: undefined },
      { after: 10_000, made: 50, told: figures({ callsLeft: 0 }), secondsLeft: undefined },
      { after: 10_000, made: 50, told: figures({ phase: 'done', callsLeft: 0 }), secondsLeft: 0 },
    ];
    for (const { after, made, told, secondsLeft } of cases) {
      const world = new World();
      await tellingProgress(
        world,
        about(() => made),
        async (tell) => {
          world.clock.advance(after);
          await tell(told);
        },
      );
      expect(stored(world).secondsLeft, JSON.stringify(told)).to.equal(secondsLeft);
      expect(stored(world).calls.perSecond).to.equal(made === 0 ? undefined : 5);
    }
  });

  it('fails no execution when it cannot be written, and says so in the log', async () => {
    const world = new World();
    world.calls.fail({ call: 'objects.put', error: () => new Error('a message with ana@example.test') });
    expect(
      await tellingProgress(
        world,
        about(() => 1),
        (tell) => tell(figures()).then(() => 'done'),
      ),
    ).to.equal('done');
    expect(world.log.lines.join('\n')).to.include('could not be written').and.not.include('ana');
  });

  it('begins when the execution did, as its state says', () => {
    expect(startTimeIn({ startTime: '2026-03-01T00:00:00.000Z' })).to.equal('2026-03-01T00:00:00.000Z');
    for (const event of [undefined, null, {}, { startTime: 5 }, { startTime: 'today' }])
      expect(startTimeIn(event)).to.equal(undefined);
  });
});

describe('The progress of a workflow', function () {
  this.timeout(60_000);

  interface Written {
    readonly progress: ExecutionProgress;
    readonly at: number;
  }

  /** A world, and every progress that was written in it. */
  function watched(): { readonly world: WorkflowWorld; readonly written: Written[] } {
    const world = new WorkflowWorld();
    const written: Written[] = [];
    const { put } = world.objects;
    world.objects.put = async (key, body, condition) => {
      if (key.startsWith(EXECUTION_PROGRESS_PREFIX)) {
        const progress: unknown = JSON.parse(String(body));
        expect(problemWith(progress, executionProgressShape)).to.equal(undefined);
        expect(executionProgressIn(Buffer.from(body))).to.deep.equal(progress);
        written.push({ progress: progress as ExecutionProgress, at: world.clock.now() });
      }
      return put(key, body, condition);
    };
    world.paced = true;
    world.calls.latencies.cognito = 60;
    world.jobs.knobs.usersPerSecond = 30;
    return { world, written };
  }

  const cognitoCalls = ({ calls }: WorkflowWorld): number =>
    calls.log.filter(({ call }) => /^(cognito|settings|jobs)\./.test(call) && !/uploadCsv|readLog/.test(call)).length;

  it('names done and all of it, never more than there is, and grows', async () => {
    const { world, written } = watched();
    world.cognito.knobs.pageSize = 2;
    addUsers(world.source, 600, { disabled: 0 });
    addGroups(world.source, [3, 400]);
    await world.export();
    for (const step of ['listing users', 'listing memberships', 'done'])
      expect(written.map(({ progress }) => progress.phase)).to.include(step);
    const first = written.at(-1)?.progress as ExecutionProgress;
    expect(first).to.deep.include({
      users: { done: 600, of: 600 },
      memberships: { done: 403, of: 403 },
      secondsLeft: 0,
    });
    expect(first.calls.left).to.equal(0);
    written.splice(0);

    world.clock.advance(3_600_000);
    const before = cognitoCalls(world);
    const invoked = world.invoked.length;
    const began = world.clock.now();
    await world.export();
    const ended = written.at(-1)?.progress as ExecutionProgress;
    expect(written.length).to.be.at.most((world.clock.now() - began) / WRITE_EVERY_MS + world.invoked.length - invoked);
    expect(ended.calls.done).to.be.within(cognitoCalls(world) - before - 3, cognitoCalls(world) - before);
    let last = { users: 0, memberships: 0 };
    for (const { progress } of written) {
      expect(progress.users.done).to.be.within(last.users, progress.users.of as number);
      expect(progress.memberships.done).to.be.within(last.memberships, progress.memberships.of as number);
      expect(progress.memberships.of, 'as the last run sealed').to.equal(403);
      last = { users: progress.users.done, memberships: progress.memberships.done };
    }
  });

  it('foresees the calls and the time of a restore, once it is planned', async () => {
    const { world, written } = watched();
    addUsers(world.source, 900, { disabled: 0.1 });
    addGroups(world.source, [3, 20, 900, 900]);
    await world.export();
    written.splice(0);
    const before = cognitoCalls(world);
    const began = world.clock.now();
    await world.import();
    const planning = written.filter(({ progress }) => progress.phase === 'planning');
    expect(planning.at(-1)?.progress).to.deep.include({
      users: { done: 0, of: 900 },
      memberships: { done: 0, of: 1823 },
    });
    const restoring = written.filter(({ progress }) => progress.phase === 'restoring');
    expect(restoring.length).to.be.at.least(5);
    let last = { users: 0, memberships: 0 };
    for (const { progress } of restoring) {
      expect(progress.users.of).to.equal(900);
      expect(progress.memberships.of).to.equal(1823);
      expect(progress.users.done).to.be.within(last.users, 900);
      expect(progress.memberships.done).to.be.within(last.memberships, 1823);
      last = { users: progress.users.done, memberships: progress.memberships.done };
    }
    const all = cognitoCalls(world) - before;
    const foreseen = restoring
      .filter(({ progress }) => progress.calls.left !== undefined)
      .map(({ progress }) => progress.calls.done + (progress.calls.left as number));
    for (const calls of foreseen) expect(calls).to.be.within(all * 0.9, all * 1.1);
    const inTheMiddle = restoring.filter(({ progress: { secondsLeft } }) => secondsLeft !== undefined);
    expect(inTheMiddle.length).to.be.at.least(3);
    const end = world.clock.now();
    for (const { progress, at } of inTheMiddle)
      expect(Math.abs((progress.secondsLeft as number) - (end - at) / 1000)).to.be.at.most(
        0.3 * ((end - began) / 1000),
      );
    expect(written.at(-1)?.progress).to.deep.include({
      phase: 'done',
      users: { done: 900, of: 900 },
      memberships: { done: 1823, of: 1823 },
      secondsLeft: 0,
    });
  });

  it('of a restore that is continued tells at once what is there', async () => {
    const { world, written } = watched();
    addUsers(world.source, 200, { disabled: 0 });
    addGroups(world.source, [200, 200, 200]);
    await world.export();
    world.stopOnKill = true;
    const running = world.import().catch((error: unknown) => error);
    await world.clock.sleep(28_000);
    world.calls.killAt(1);
    expect(await running).to.be.instanceOf(Stopped);
    await world.clock.sleep(60_000);
    const stopped = written.splice(0).at(-1)?.progress as ExecutionProgress;
    expect(stopped.memberships.done).to.be.greaterThan(0);
    await world.import();
    const [first] = written;
    expect(first?.progress.executionArn).to.not.equal(stopped.executionArn);
    expect(first?.progress.memberships.done).to.be.at.least(stopped.memberships.done);
    expect(first?.progress.users).to.deep.equal({ done: 200, of: 200 });
  });

  it('of a verification tells what was read of the table', async () => {
    const { world } = await backedUpWorld();
    await world.verify(world.primary);
    expect(world.home.objects.json('progress/run-1.json')).to.deep.include({
      workflow: 'VerifyWorkflow',
      phase: 'done',
      users: { done: 30, of: 30 },
      memberships: { done: 8, of: 8 },
    });
  });

  it('holds nothing about anybody', async () => {
    const { world, written } = watched();
    addUsers(world.source, 5);
    addGroups(world.source, [5]);
    await world.export();
    await world.import();
    expect(JSON.stringify(written)).to.not.match(/user\d|group\d|example/);
  });
});
