import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
  DeleteGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { endOf } from '../chaos/executions.ts';
import { firstExecution } from '../demo/executions.ts';
import { SFNClient } from '@aws-sdk/client-sfn';
import { inventory } from '../deploy/inventory.ts';
import { stackOperation, type SolutionOptions } from '../deploy/solution.ts';
import { createStack, failuresOf } from '../deploy/stack.ts';
import type { CallWatch } from './call-watch.ts';
import type { LocalCloud, PutUser } from '../local-cloud/index.ts';

export const PRIMARY = 'us-east-1';
export const SECONDARY = 'eu-west-1';
export const STACK_NAME = 'least-privilege';
export const BUILD = {
  bucket: 'least-privilege-assets',
  solutionName: 'cognito-user-profiles-export',
  version: 'v2.0.0',
};

/** The solution for one small pool. */
export interface Launched {
  readonly cloud: LocalCloud;
  readonly watch: CallWatch;
  readonly poolId: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Logical to physical ids of the instance in a Region. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** How often the pool was changed. */
  round: number;
}

export const cognito = (cloud: LocalCloud, region: string): CognitoIdentityProviderClient =>
  new CognitoIdentityProviderClient(cloud.clientConfig(region));
export const steps = (cloud: LocalCloud, region: string): SFNClient => new SFNClient(cloud.clientConfig(region));
export const solutionOptions = (cloud: LocalCloud, stackName: string): SolutionOptions => ({
  clientConfig: cloud.clientConfig,
  primaryRegion: PRIMARY,
  secondaryRegion: SECONDARY,
  build: BUILD,
  stackName,
});

export async function newPool(cloud: LocalCloud, region: string): Promise<string> {
  const { UserPool } = await cognito(cloud, region).send(
    new CreateUserPoolCommand({
      PoolName: 'customers',
      MfaConfiguration: 'OFF',
      AutoVerifiedAttributes: ['email'],
      UsernameConfiguration: { CaseSensitive: true },
    }),
  );
  return UserPool?.Id ?? '';
}

const user = (username: string, attributes: Readonly<Record<string, string>> = {}): PutUser => ({
  username,
  status: 'CONFIRMED',
  attributes: { email: `${username}@example.com`, email_verified: 'true', ...attributes },
});

/** Users for each way through a restore: by import job, one by one, disabled, with and without groups. */
async function fill(cloud: LocalCloud, UserPoolId: string): Promise<void> {
  const client = cognito(cloud, PRIMARY);
  for (const GroupName of ['staff', 'administrators'])
    await client.send(new CreateGroupCommand({ UserPoolId, GroupName }));
  await cloud.putUsers(PRIMARY, UserPoolId, [
    user('imported'),
    user('disabled'),
    user('unproven', { email_verified: 'false' }),
    user('awkward', { name: 'two\nlines' }),
    user('round-0'),
  ]);
  await client.send(new AdminDisableUserCommand({ UserPoolId, Username: 'disabled' }));
  for (const Username of ['imported', 'disabled', 'unproven'])
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username, GroupName: 'staff' }));
  await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: 'imported', GroupName: 'administrators' }));
}

/** Gives the next export something to add and something to delete, of each kind. */
export async function changePool(launched: Launched): Promise<void> {
  const { cloud, poolId: UserPoolId } = launched;
  const client = cognito(cloud, PRIMARY);
  const [old, next] = [`round-${launched.round}`, `round-${(launched.round += 1)}`];
  await cloud.putUsers(PRIMARY, UserPoolId, [user(next)]);
  await client.send(new CreateGroupCommand({ UserPoolId, GroupName: next }));
  for (const GroupName of [next, 'staff'])
    await client.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: next, GroupName }));
  await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: old }));
  if (launched.round > 1) await client.send(new DeleteGroupCommand({ UserPoolId, GroupName: old }));
}

/** Launches the uploaded solution for a new small pool, and waits for the export that the launch starts. */
export async function launch(cloud: LocalCloud, watch: CallWatch): Promise<Launched> {
  const poolId = await newPool(cloud, PRIMARY);
  await fill(cloud, poolId);
  const options = solutionOptions(cloud, STACK_NAME);
  const outcome = await createStack(
    stackOperation(options, {
      PrimaryUserPoolId: poolId,
      SecondaryRegion: SECONDARY,
      NotificationEmail: 'ops@example.com',
      CognitoTPS: '25',
      MaxDeletePercent: '100',
    }),
  );
  if (outcome.status !== 'CREATE_COMPLETE')
    throw new Error(`The launch ended as ${outcome.status}:\n${failuresOf(outcome).join('\n')}`);
  const sfn = steps(cloud, PRIMARY);
  const first = await endOf(sfn, await firstExecution(sfn, outcome.outputs['ExportWorkflowArn'] ?? ''));
  if (first.status !== 'SUCCEEDED')
    throw new Error(`The first export ended as ${first.status}: ${first.error}: ${first.cause}`);
  const resources = { [PRIMARY]: await resourcesIn(cloud, PRIMARY), [SECONDARY]: await resourcesIn(cloud, SECONDARY) };
  return { cloud, watch, poolId, outputs: outcome.outputs, resources, round: 0 };
}

async function resourcesIn(cloud: LocalCloud, region: string): Promise<Readonly<Record<string, string>>> {
  const instance = (await inventory(cloud.clientConfig, region)).stacks.find((name) => name.startsWith('StackSet-'));
  const { StackResources = [] } = await new CloudFormationClient(cloud.clientConfig(region)).send(
    new DescribeStackResourcesCommand({ StackName: instance }),
  );
  return Object.fromEntries(
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
      LogicalResourceId,
      PhysicalResourceId,
    ]),
  );
}
