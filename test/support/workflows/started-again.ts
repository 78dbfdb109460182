import type { EndedExecution } from '../../../tools/simulation/workflow/run-workflow.ts';
import { Stopped } from './workflow-world.ts';
import type { WorkflowWorld } from './workflow-world.ts';

/** What may befall a restore at its `nth` call. */
export const DISASTERS = {
  'a process that dies, retried by Step Functions': (world: WorkflowWorld, nth: number) => {
    world.calls.killAt(nth, 'before');
  },
  'an execution that is stopped and started again': (world: WorkflowWorld, nth: number) => {
    world.stopOnKill = true;
    world.calls.killAt(nth, 'after');
  },
} as const;

/** "Start it again" is all the repair there is; once it has begun, every second start does not give the input again. */
export async function untilRestored(world: WorkflowWorld, input: object, about: string): Promise<EndedExecution> {
  for (let starts = 1; starts <= 4; starts += 1) {
    try {
      const begun = ![undefined, 'planning'].includes(world.head()?.phase);
      const ended = await world.import(begun && starts % 2 === 0 ? {} : input);
      if (ended.status === 'SUCCEEDED' || ended.error === 'AlreadyRestored') return ended;
      throw new Error(`${about}: ended as ${ended.error}: ${ended.cause}`);
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
    }
  }
  throw new Error(`${about}: never ended well`);
}
