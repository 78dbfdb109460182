import type { SFNClient } from '@aws-sdk/client-sfn';
import { stepFunctionsIn } from '../../deploy/clients.ts';
import { firstExecution, startExecution } from '../../deploy/executions.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { Region } from '../../deploy/regions.ts';
import { launchSolution, parametersFor, publishAssets, solutionFor } from '../../deploy/solution.ts';
import type { SolutionOptions } from '../../deploy/solution.ts';
import { startLocalCloud } from '../../local-cloud/index.ts';
import type { LocalCloud } from '../../local-cloud/index.ts';
import type { Cell } from '../cells.ts';
import { instanceFunctions } from './instance-functions.ts';
import type { InstanceFunction } from './instance-functions.ts';
import { MemoryWatch } from './memory-watch.ts';

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
  readonly functions: Readonly<Record<Region, readonly InstanceFunction[]>>;
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
    await publishAssets(bench.#solution('Bench'));
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
    const launched = await launchSolution(
      this.#solution(`Bench${this.#launches}`),
      parametersFor(poolId, { CognitoTPS: String(callsPerSecond) as '25' }),
    );
    const { exportWorkflow, importWorkflow, stackSetName } = launched;
    return {
      exportWorkflow,
      importWorkflow: importWorkflow[SECONDARY],
      firstExport: await firstExecution(this.sfn(PRIMARY), exportWorkflow),
      functions: {
        [PRIMARY]: await instanceFunctions(this.cloud.clientConfig(PRIMARY), stackSetName),
        [SECONDARY]: await instanceFunctions(this.cloud.clientConfig(SECONDARY), stackSetName),
      },
    };
  }

  sfn(region: string): SFNClient {
    return stepFunctionsIn(this.cloud, region);
  }

  start(region: string, stateMachineArn: string, input: object): Promise<string> {
    return startExecution(this.sfn(region), stateMachineArn, input);
  }

  async stop(): Promise<void> {
    this.memory.stop();
    await this.cloud.stop();
  }

  #solution(stackName: string): SolutionOptions {
    return solutionFor(this.cloud, 'bench-assets', stackName);
  }
}
