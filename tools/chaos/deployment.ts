import { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SFNClient } from '@aws-sdk/client-sfn';
import { publishAssets, stackOperation, type SolutionOptions } from '../deploy/solution.ts';
import { createStack, failuresOf } from '../deploy/stack.ts';
import { firstExecution } from '../demo/executions.ts';
import { DEMO_GROUPS } from '../demo/seed/groups.ts';
import { loadPool } from '../demo/seed/load.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { endOf } from './executions.ts';
import { PRIMARY, SECONDARY, type Region } from './regions.ts';
import { createShapedPool, shapedUsers, type Shape } from './shapes.ts';

const BUILD = { bucket: 'chaos-assets', solutionName: 'cognito-user-profiles-export', version: 'v2.0.0' };

/** One pool with the solution launched for it; several live in one cloud and serve many runs. */
export interface Deployment {
  readonly cloud: LocalCloud;
  readonly shape: Shape;
  readonly poolId: string;
  readonly tableName: string;
  readonly exportWorkflow: string;
  readonly importWorkflow: Readonly<Record<Region, string>>;
  readonly verifyWorkflow: Readonly<Record<Region, string>>;
  readonly bucket: Readonly<Record<Region, string>>;
  readonly topic: Readonly<Record<Region, string>>;
  /** Number of the next user that is added. */
  nextUser: number;
}

export const cognito = ({ cloud }: Pick<Deployment, 'cloud'>, region: Region): CognitoIdentityProviderClient =>
  new CognitoIdentityProviderClient(cloud.clientConfig(region));
export const steps = ({ cloud }: Pick<Deployment, 'cloud'>, region: Region): SFNClient =>
  new SFNClient(cloud.clientConfig(region));

/** Launches the solution for a new pool of this shape, and waits for the export that the launch starts. */
export async function deploy(cloud: LocalCloud, shape: Shape, users: number): Promise<Deployment> {
  const client = cognito({ cloud }, PRIMARY);
  const poolId = await createShapedPool(client, shape, `customers-${shape}`);
  await loadPool(
    { cloud, client, region: PRIMARY, poolId },
    DEMO_GROUPS,
    shapedUsers(shape, users, 1),
    () => undefined,
  );
  const options: SolutionOptions = {
    clientConfig: cloud.clientConfig,
    primaryRegion: PRIMARY,
    secondaryRegion: SECONDARY,
    build: BUILD,
    stackName: `chaos-${shape}`,
  };
  await publishAssets(options);
  // A dozen changes are a large share of so few users: the guard against mass deletion has tests of its own.
  const outcome = await createStack(
    stackOperation(options, {
      PrimaryUserPoolId: poolId,
      SecondaryRegion: SECONDARY,
      NotificationEmail: 'ops@example.com',
      CognitoTPS: '25',
      MaxDeletePercent: '60',
    }),
  );
  if (outcome.status !== 'CREATE_COMPLETE')
    throw new Error(
      `The stack for a pool with ${shape} sign-in ended as ${outcome.status}:\n${failuresOf(outcome).join('\n')}`,
    );
  const output = (name: string): string => outcome.outputs[name] ?? '';
  const sfn = steps({ cloud }, PRIMARY);
  const first = await endOf(sfn, await firstExecution(sfn, output('ExportWorkflowArn')));
  if (first.status !== 'SUCCEEDED')
    throw new Error(
      `The first export of a pool with ${shape} sign-in ended as ${first.status}: ${first.error}: ${first.cause}`,
    );
  return {
    cloud,
    shape,
    poolId,
    tableName: output('BackupTableName'),
    exportWorkflow: output('ExportWorkflowArn'),
    importWorkflow: {
      [PRIMARY]: output('PrimaryImportWorkflowArn'),
      [SECONDARY]: output('SecondaryImportWorkflowArn'),
    },
    verifyWorkflow: {
      [PRIMARY]: output('PrimaryVerifyWorkflowArn'),
      [SECONDARY]: output('SecondaryVerifyWorkflowArn'),
    },
    bucket: { [PRIMARY]: output('PrimaryBucketName'), [SECONDARY]: output('SecondaryBucketName') },
    topic: { [PRIMARY]: output('PrimaryTopicArn'), [SECONDARY]: output('SecondaryTopicArn') },
    nextUser: users + 1,
  };
}
