import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import { writePackageFolder } from '../../../deployment/packaging/package-folder.ts';
import { cognitoIn, stepFunctionsIn } from '../../../tools/deploy/clients.ts';
import { endOf, firstExecution } from '../../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../../tools/deploy/executions.ts';
import { PRIMARY } from '../../../tools/deploy/regions.ts';
import { launchSolution, parametersFor, publishAssets, solutionFor } from '../../../tools/deploy/solution.ts';
import type { LaunchedSolution, SolutionParameters } from '../../../tools/deploy/solution.ts';
import { DEMO_GROUPS } from '../../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../../tools/demo/seed/load.ts';
import { demoUsers } from '../../../tools/demo/seed/users.ts';
import type { DemoUser } from '../../../tools/demo/seed/users.ts';
import { startLocalCloud } from '../../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';
import { root } from '../templates.ts';
import { operatorOf } from './operator.ts';
import type { PackedCli } from './packed-cli.ts';

/** What a launch is like. */
export interface CliLaunchOptions {
  /** Makes the pool that is backed up, in the primary Region, and gives its id. */
  readonly makePool: (cloud: LocalCloud) => Promise<string>;
  /** Operators may act on stacks whose names begin with `CliLaunch`, as it is called where this is absent. */
  readonly stack?: string;
  /** Share of their time that waits of workflows take; a hundredth where it is absent. */
  readonly waitScale?: number;
  readonly parameters?: Partial<SolutionParameters>;
  /** Policies of docs/security.md that the operator has; without any, the command line has the keys of the account. */
  readonly policies?: readonly string[];
}

/** A launch whose first export has ended, and a packed command line beside it. */
export interface CliLaunch extends PackedCli {
  readonly cloud: LocalCloud;
  readonly launched: LaunchedSolution;
  readonly pool: string;
  readonly firstExport: FinishedExecution;
  /** Ends the cloud, and deletes the folder. */
  stop(): Promise<void>;
}

/** Starts a local cloud, launches the product there, and packs the command line into a folder of its own. */
export async function startCliLaunch({
  makePool,
  stack = 'CliLaunch',
  waitScale = 0.01,
  parameters = {},
  policies,
}: CliLaunchOptions): Promise<CliLaunch> {
  const folder = mkdtempSync(join(tmpdir(), 'cli-launch-'));
  let cloud: LocalCloud | undefined;
  const stop = async (): Promise<void> => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const packed = writePackageFolder(root, join(folder, 'dist'));
    [cloud] = await Promise.all([startLocalCloud({ waitScale }), packed]);
    const pool = await makePool(cloud);
    const solution = solutionFor(cloud, 'my-assets', stack);
    await publishAssets(solution);
    const launched = await launchSolution(solution, parametersFor(pool, { CognitoTPS: '25', ...parameters }));
    const sfn = stepFunctionsIn(cloud, PRIMARY);
    const firstExport = await endOf(sfn, await firstExecution(sfn, launched.exportWorkflow));
    const keys = policies === undefined ? {} : { keys: await operatorOf(cloud, ...policies) };
    return { folder, cloud, launched, pool, firstExport, ...keys, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What a pool of the demo is like. */
export interface DemoPoolOptions {
  readonly settings?: Partial<CreateUserPoolCommandInput>;
  /** The demo's users where it is absent. */
  readonly asUser?: (user: DemoUser, number: number) => DemoUser;
}

/** A pool with the demo's groups and so many of its users, in the primary Region; gives its id. */
export async function makeDemoPool(
  cloud: LocalCloud,
  users: number,
  { settings = {}, asUser = (user) => user }: DemoPoolOptions = {},
): Promise<string> {
  const pool = await createDemoPool(cognitoIn(cloud, PRIMARY), 'customers', [], settings);
  await loadPool(
    { cloud, region: PRIMARY, poolId: pool },
    DEMO_GROUPS,
    demoUsers(users, DEMO_GROUPS).map((user, number) => asUser(user, number)),
  );
  return pool;
}
