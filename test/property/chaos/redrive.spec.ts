import { expect } from 'chai';
import { Fault } from '../../../source/domain/errors.ts';
import {
  expectRestored,
  expectSealed,
  exportedWorlds,
  slow,
  worldAfter,
} from '../../support/workflows/small-worlds.ts';
import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { Stopped } from '../../support/workflows/workflow-world.ts';
import type { WorkflowWorld } from '../../support/workflows/workflow-world.ts';

/** Calls that Cognito saw, by both workflows. */
const cognitoCalls = ({ calls }: WorkflowWorld): number => calls.countOf('cognito') + calls.countOf('jobs');
const DAY_MS = 86_400_000;

const stopped = async (start: () => Promise<EndedExecution>): Promise<void> => {
  let ended: EndedExecution | undefined;
  try {
    ended = await start();
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
  }
  expect(ended, 'should have been stopped').to.equal(undefined);
};

/** What follows needs no lease: the execution asks for it again, or everything but the message is done. */
const needsNoLease = (states: readonly string[], nth: number): boolean =>
  states[nth] === 'CheckStateMachine' ||
  !states.slice(nth).some((state) => /^(Check|Sync|List|Scan|Import|Update|Backup)[A-Z]/i.test(state));

const WORKFLOWS = [
  {
    name: 'ExportWorkflow',
    start: (world: WorkflowWorld) => world.export(),
    check: expectSealed,
    failing: 'cognito.listGroupsPage',
  },
  {
    name: 'ImportWorkflow',
    start: (world: WorkflowWorld) => world.import(),
    check: expectRestored,
    failing: 'jobs.createJob',
  },
] as const;

describe('A Step Functions redrive: same execution, from the state in which it ended', function () {
  this.timeout(60_000);
  let once: WorkflowWorld;
  let twice: WorkflowWorld;
  before(async () => {
    ({ once, twice } = await exportedWorlds());
  });

  for (const { name, start, check, failing } of WORKFLOWS) {
    const ready = (): WorkflowWorld => worldAfter(name === 'ExportWorkflow' ? once : twice);
    /** The world as it is after an execution that was stopped in each of these states. */
    async function* stoppedAtEach(
      states: readonly string[],
    ): AsyncGenerator<{ readonly world: WorkflowWorld; readonly about: string }> {
      for (const [index, state] of states.entries()) {
        const world = ready();
        world.stopAtState = index + 1;
        await stopped(() => start(world));
        yield { world, about: `state ${index + 1}, ${state}` };
      }
    }
    const undisturbed = async (): Promise<{ readonly states: readonly string[]; readonly world: WorkflowWorld }> => {
      const world = ready();
      return { states: (await start(world)).states, world };
    };

    it(`of an ${name} that was stopped before any of its states goes on there, and repeats no call`, async () => {
      const { states, world: whole } = await undisturbed();
      for await (const { world, about } of stoppedAtEach(states)) {
        expect(await world.redrive(), about).to.include({ status: 'SUCCEEDED' });
        check(world, about);
        expect(cognitoCalls(world), about).to.equal(cognitoCalls(whole));
      }
    });

    it(`of an ${name} tells how it ended in the end, also after EventBridge has told that it was stopped`, async () => {
      for await (const { world, about } of stoppedAtEach((await undisturbed()).states)) {
        const told = world.messages.length;
        world.clock.advance(60_000);
        await world.tellEnd('ABORTED');
        await world.tellEnd('ABORTED');
        expect(await world.redrive(), about).to.include({ status: 'SUCCEEDED' });
        expect(world.messages, about).to.have.length(2);
        expect(world.messages[told]?.subject, about).to.equal(`${name} in us-east-1 failed: ABORTED`);
        expect(world.messages[1 - told]?.subject, about).to.match(/complete|finished/);
      }
    });

    it(`of an ${name} that was stopped or timed out while a function was at work goes on`, async () => {
      const whole = slow(ready());
      await start(whole);
      // After the last call nothing is left to be stopped: the execution has ended.
      for (let nth = 1; nth < whole.calls.count; nth += 3) {
        const about = `call ${nth}, ${whole.calls.log[nth - 1]?.call}`;
        const world = slow(ready());
        world.stopOnKill = true;
        world.calls.killAt(nth, 'after');
        await stopped(() => start(world));
        expect(await world.redrive(), about).to.include({ status: 'SUCCEEDED' });
        check(world, about);
      }
    });

    it(`of an ${name} is refused once another execution has taken over and ended`, async () => {
      const { states } = await undisturbed();
      for (const nth of states.keys()) {
        const about = `state ${nth + 1}, ${states[nth]}`;
        const world = ready();
        world.stopAtState = nth + 1;
        await stopped(() => start(world));
        expect(await start(world), about).to.satisfy(
          ({ status, error }: EndedExecution) => status === 'SUCCEEDED' || error === 'AlreadyRestored',
        );
        const calls = cognitoCalls(world);
        const ended = await world.redrive(0);
        if (needsNoLease(states, nth)) expect(ended.error, about).to.be.oneOf([undefined, 'AlreadyRestored']);
        else expect(ended, about).to.include({ status: 'FAILED', error: 'LeaseLost' });
        if (nth > 0) expect(cognitoCalls(world), about).to.equal(calls);
        check(world, about);
      }
    });

    it(`of an ${name} is refused while another execution runs, which it does not disturb`, async () => {
      const { states } = await undisturbed();
      for (let nth = 1; nth < states.length; nth += 1) {
        const about = `state ${nth}, ${states[nth - 1]}`;
        const world = ready();
        world.calls.latencies.table = 5;
        world.stopAtState = nth;
        await stopped(() => start(world));
        const other = start(world);
        await world.clock.sleep(12);
        const ended = await world.redrive(0);
        expect(ended.error, about).to.be.oneOf(
          needsNoLease(states, nth - 1) ? [undefined, 'ExecutionAlreadyRunning'] : ['LeaseLost'],
        );
        expect(await other, about).to.satisfy(
          ({ status, error }: EndedExecution) => status === 'SUCCEEDED' || error === 'AlreadyRestored',
        );
        check(world, about);
      }
    });

    it(`of an ${name} that failed fails again at once, without a call; a new start continues`, async () => {
      const world = ready();
      world.calls.fail({ call: failing, times: 6, error: () => new Fault('ServiceError', 'the service is down') });
      const failed = await start(world);
      expect(failed).to.include({ status: 'FAILED', error: 'ServiceError' });
      const calls = world.calls.count;
      const again = await world.redrive();
      expect(again).to.deep.include({ status: 'FAILED', error: failed.error, cause: failed.cause, states: ['Failed'] });
      expect(world.calls.count).to.equal(calls);
      expect(await start(world)).to.include({ status: 'SUCCEEDED' });
      check(world, 'after the new start');
    });

    it(`of an ${name} that was stopped days ago does no harm`, async () => {
      for await (const { world, about } of stoppedAtEach((await undisturbed()).states)) {
        world.clock.advance(13 * DAY_MS);
        expect(await world.redrive(), about).to.include({ status: 'SUCCEEDED' });
        check(world, about);
      }
    });
  }
});
