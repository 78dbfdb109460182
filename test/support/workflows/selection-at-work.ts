import { leaseKey, takeLease } from '../../../source/domain/workflow/lease.ts';
import { withPermittedPorts } from '../../../tools/simulation/workflow/permitted-ports.ts';
import { REGION, SETTINGS, TARGET } from './workflow-world.ts';
import type { WorkflowWorld } from './workflow-world.ts';

let begun = 0;

/** An execution of ImportWorkflow that restores a selection for as long as a test wants; what it writes is not the point. */
export class SelectionAtWork {
  readonly executionArn: string;

  private constructor(
    private readonly world: WorkflowWorld,
    readonly region: string,
  ) {
    begun += 1;
    this.executionArn = `arn:aws:states:${region}:111122223333:execution:ImportWorkflow-0123456789ab:selection-${begun}`;
  }

  /** Takes the lease as CheckStateMachine does it; `pool: undefined` for a whole restore. */
  static async begin(
    world: WorkflowWorld,
    region = REGION,
    { pool }: { readonly pool: string | undefined } = { pool: TARGET },
  ): Promise<SelectionAtWork> {
    const atWork = new SelectionAtWork(world, region);
    const { executionArn } = atWork;
    world.executions.set(executionArn, 'RUNNING');
    await takeLease(
      { table: world.table, executionStatus: world.executionStatus, clock: world.clock },
      { workflow: 'ImportWorkflow', region, executionArn, ...(pool === undefined ? {} : { selectionFor: pool }) },
    );
    return atWork;
  }

  /** Calls Cognito by the permit of its Region for so long, as fast as it may. */
  callsFor(ms: number): Promise<void> {
    const { world, executionArn } = this;
    const { callsPerSecond } = SETTINGS;
    const about = { ...world.newInvocation(), objects: world.objects, executionArn, callsPerSecond };
    return withPermittedPorts(
      { pool: world.cognito },
      { ...about, workflow: 'ImportWorkflow', assertLease: () => Promise.resolve() },
      async ({ pool }) => {
        const end = world.clock.now() + ms;
        while (world.clock.now() < end) await pool.describe(TARGET);
      },
    );
  }

  /** Ends, or dies: the lease stays in the table either way. */
  end(): void {
    this.world.executions.set(this.executionArn, 'gone');
  }

  /** What stands in the table. */
  get lease(): unknown {
    return this.world.table.peek(leaseKey('ImportWorkflow', this.region));
  }
}
