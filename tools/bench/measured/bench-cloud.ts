import { SFNClient } from '@aws-sdk/client-sfn';
import { firstExecution, startExecution } from '../../demo/executions.ts';
import { publishAssets, stackOperation } from '../../deploy/solution.ts';
import type { SolutionOptions } from '../../deploy/solution.ts';
import { createStack, failuresOf } from '../../deploy/stack.ts';
import { startLocalCloud } from '../../local-cloud/index.ts';
import type { LocalCloud } from '../../local-cloud/index.ts';
import type { Cell } from '../cells.ts';
import { instanceFunctions } from './instance-functions.ts';
import type { InstanceFunction } from './instance-functions.ts';
import { MemoryWatch } from './memory-watch.ts';

export const PRIMARY = 'us-east-1';
export const SECONDARY = 'eu-west-1';

/** Milliseconds that Cognito takes. */
export interface CognitoLatencies {
  readonly listing: number;
  readonly cognito: number;
}

/** One launch of the product, for one pool. */
export interface Launch {
  readonly exportWorkflow: string;
  readonly importWorkflow: string;
  /** The export that the launch started. */
  readonly firstExport: string;
  /** By Region and physical name. */
  readonly functions: Readonly<Record<typeof PRIMARY | typeof SECONDARY, readonly InstanceFunction[]>>;
}

/** A local cloud with the built product's files in both Regions. */
export class BenchCloud {
  readonly memory: MemoryWatch;
  #launches = 0;

  private constructor(
    readonly cloud: LocalCloud,
    private readonly latencies: CognitoLatencies,
  ) {
    this.memory = new MemoryWatch(cloud.endpoint);
  }

  static async start(latencies: CognitoLatencies): Promise<BenchCloud> {
    const bench = new BenchCloud(await startLocalCloud(), latencies);
    await publishAssets(bench.#solution());
    return bench;
  }

  /** Quotas, latencies and the speed of import jobs as the cell wants them. */
  async simulate({
    callsPerSecond,
    grantedShare,
    jobUsersPerSecond,
  }: Pick<Cell, 'callsPerSecond' | 'grantedShare' | 'jobUsersPerSecond'>): Promise<void> {
    const granted = (grantedShare ?? 0) * callsPerSecond;
    await this.cloud.configure({
      quotas: grantedShare === undefined ? true : { UserList: granted, UserUpdate: granted },
      latencies: [
        { service: 'cognito-idp', action: ['ListUsers', 'ListUsersInGroup'], ms: this.latencies.listing },
        { service: 'cognito-idp', ms: this.latencies.cognito },
      ],
      ...(jobUsersPerSecond === undefined
        ? {}
        : { importJobs: { usersPerSecond: jobUsersPerSecond, pendingMs: 1_000 } }),
    });
  }

  /** As fast as the machine can, for seeding. */
  async unlimited(): Promise<void> {
    await this.cloud.configure({ quotas: false, latencies: [] });
  }

  /** Launches the main stack for a pool; its first export begins at once. */
  async launch(poolId: string, callsPerSecond: Cell['callsPerSecond']): Promise<Launch> {
    this.#launches += 1;
    const outcome = await createStack(
      stackOperation(
        { ...this.#solution(), stackName: `Bench${this.#launches}` },
        {
          PrimaryUserPoolId: poolId,
          SecondaryRegion: SECONDARY,
          NotificationEmail: 'ops@example.com',
          CognitoTPS: String(callsPerSecond) as '25',
        },
      ),
    );
    if (outcome.status !== 'CREATE_COMPLETE')
      throw new Error(`The stack ended as ${outcome.status}:\n${failuresOf(outcome).join('\n')}`);
    const { ExportWorkflowArn = '', SecondaryImportWorkflowArn = '', StackSetName = '' } = outcome.outputs;
    return {
      exportWorkflow: ExportWorkflowArn,
      importWorkflow: SecondaryImportWorkflowArn,
      firstExport: await firstExecution(this.sfn(PRIMARY), ExportWorkflowArn),
      functions: {
        [PRIMARY]: await instanceFunctions(this.cloud.clientConfig(PRIMARY), StackSetName),
        [SECONDARY]: await instanceFunctions(this.cloud.clientConfig(SECONDARY), StackSetName),
      },
    };
  }

  sfn(region: string): SFNClient {
    return new SFNClient(this.cloud.clientConfig(region));
  }

  start(region: string, stateMachineArn: string, input: object): Promise<string> {
    return startExecution(this.sfn(region), stateMachineArn, input);
  }

  async stop(): Promise<void> {
    this.memory.stop();
    await this.cloud.stop();
  }

  #solution(): SolutionOptions {
    return {
      clientConfig: this.cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      stackName: 'Bench',
      build: { bucket: 'bench-assets', solutionName: 'cognito-user-profiles-export', version: 'v2.0.0' },
    };
  }
}
