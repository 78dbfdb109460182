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

/** "Start it again" is all the repair there is. */
async function until(
  world: WorkflowWorld,
  start: () => Promise<EndedExecution>,
  about: string,
): Promise<EndedExecution> {
  for (let starts = 1; starts <= 4; starts += 1) {
    try {
      const ended = await start();
      if (ended.status === 'SUCCEEDED' || ended.error === 'AlreadyRestored') return ended;
      throw new Error(`${about}: ended as ${ended.error}: ${ended.cause}`);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }
  throw new Error(`${about}: never ended well`);
}

const WORKFLOWS = [
  {
    name: 'ExportWorkflow',
    start: (world: WorkflowWorld) => world.export(),
    check: expectSealed,
    functions: [
      'CheckStateMachine',
      'CheckUserPoolConfig',
      'KeepSettings',
      'SyncUsers',
      'ListGroups',
      'SyncGroup',
      'SyncUsersInGroup',
      'BackupTableCleanup',
      'MessageBroker',
    ],
  },
  {
    name: 'ImportWorkflow',
    start: (world: WorkflowWorld) => world.import(),
    check: expectRestored,
    functions: [
      'CheckStateMachine',
      'DrillPool',
      'CheckNewUserPool',
      'ScanTable',
      'ImportUsers',
      'UpdateUsers',
      'MessageBroker',
    ],
  },
] as const;

const STOPPED = 'an execution that is stopped and started again';
const DISASTERS = {
  'a process that dies, retried by Step Functions': (world: WorkflowWorld, nth: number) => {
    world.calls.killAt(nth, 'before');
  },
  [STOPPED]: (world: WorkflowWorld, nth: number) => {
    world.stopOnKill = true;
    world.calls.killAt(nth, 'before');
  },
  'an answer that is lost': (world: WorkflowWorld, nth: number) => {
    world.calls.fail({ nth, when: 'after', error: () => new Fault('ServiceError', 'the answer was lost') });
  },
} as const;

describe('The whole workflows, by their own ASL, with something wrong at any single call', function () {
  this.timeout(120_000);
  let once: WorkflowWorld;
  let twice: WorkflowWorld;
  before(async () => {
    ({ once, twice } = await exportedWorlds());
  });

  for (const { name, start, check, functions } of WORKFLOWS) {
    it(`calls every function of ${name}`, async () => {
      const world = worldAfter(twice);
      await start(world);
      expect([...new Set(world.invoked)]).to.deep.equal(functions);
    });

    for (const [disaster, strike] of Object.entries(DISASTERS)) {
      it(`${name} ends the same after ${disaster}`, async () => {
        const ready = (): WorkflowWorld => {
          const world = worldAfter(name === 'ExportWorkflow' ? once : twice);
          return disaster === STOPPED ? slow(world) : world;
        };
        const whole = ready();
        expect(await start(whole)).to.include({ status: 'SUCCEEDED' });
        check(whole, 'undisturbed');
        const calls = whole.calls.count;
        for (let nth = 1; nth <= calls; nth += 1) {
          const about = `${disaster}: call ${nth} of ${calls}, ${whole.calls.log[nth - 1]?.call ?? ''}`;
          const world = ready();
          strike(world, nth);
          await until(world, () => start(world), about);
          check(world, about);
          expect(world.messages, about).to.not.have.length(0);
        }
      });
    }
  }
});
