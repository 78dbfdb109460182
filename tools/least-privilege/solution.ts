import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { AdminDeleteUserCommand, DeleteGroupCommand } from '@aws-sdk/client-cognito-identity-provider';
import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import { createCustomerKey } from '../deploy/customer-key.ts';
import { endOf, firstExecution, succeeded } from '../deploy/executions.ts';
import { inventory } from '../deploy/inventory.ts';
import { createGroups, createPool } from '../deploy/pools.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import { launchSolution, parametersFor, solutionFor } from '../deploy/solution.ts';
import type { LaunchedSolution, SolutionOptions } from '../deploy/solution.ts';
import type { LocalCloud, PutUser } from '../local-cloud/index.ts';
import type { CallWatch } from './call-watch.ts';
import { createGroupRole } from './group-role.ts';
import { createPlaces, fillPlaces, VAULT } from './snapshot-places.ts';

/** The solution for one small pool. */
export interface LaunchedPool extends LaunchedSolution {
  readonly cloud: LocalCloud;
  readonly watch: CallWatch;
  readonly poolId: string;
  /** ARN of the role that groups may get. */
  readonly groupRole: string;
  /** Logical to physical ids of the instance in a Region. */
  readonly resources: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** How often the pool was changed. */
  round: number;
}

export const solutionOptions = (cloud: LocalCloud, stackName = 'least-privilege'): SolutionOptions =>
  solutionFor(cloud, 'least-privilege-assets', stackName);

const user = (username: string, attributes: Readonly<Record<string, string>> = {}): PutUser => ({
  username,
  status: 'CONFIRMED',
  attributes: { email: `${username}@example.com`, email_verified: 'true', ...attributes },
});

/** Users for each way through a restore: by import job, one by one, disabled, with and without groups. */
async function fill(cloud: LocalCloud, UserPoolId: string): Promise<void> {
  const client = cognitoIn(cloud, PRIMARY);
  await createGroups(client, UserPoolId, [{ name: 'staff' }, { name: 'administrators' }]);
  await cloud.putUsers(PRIMARY, UserPoolId, [
    { ...user('imported'), groups: ['staff', 'administrators'] },
    { ...user('disabled'), groups: ['staff'], enabled: false },
    { ...user('unproven', { email_verified: 'false' }), groups: ['staff'] },
    user('awkward', { name: 'two\nlines' }),
    user('round-0'),
  ]);
}

/** Gives the next export something to add and something to delete, of each kind. */
export async function changeLaunchedPool(launched: LaunchedPool): Promise<void> {
  const { cloud, poolId: UserPoolId } = launched;
  const client = cognitoIn(cloud, PRIMARY);
  const [old, next] = [`round-${launched.round}`, `round-${(launched.round += 1)}`];
  await createGroups(client, UserPoolId, [{ name: next }]);
  await cloud.putUsers(PRIMARY, UserPoolId, [{ ...user(next), groups: [next, 'staff'] }]);
  await client.send(new AdminDeleteUserCommand({ UserPoolId, Username: old }));
  if (launched.round > 1) await client.send(new DeleteGroupCommand({ UserPoolId, GroupName: old }));
}

/**
 * Launches the uploaded solution for a new small pool, with a customer's key, a vault and roles of groups, so that every
 * statement is there, and waits for the export that the launch starts.
 */
export async function launchForPool(cloud: LocalCloud, watch: CallWatch): Promise<LaunchedPool> {
  const poolId = await createPool(cognitoIn(cloud, PRIMARY), 'customers');
  await fill(cloud, poolId);
  const options = solutionOptions(cloud);
  const KmsKeyArn = await createCustomerKey(options, cloud.account);
  // The replica of a key in the Region of the vault.
  const vaultKey = (await createCustomerKey(options, cloud.account)).replace(PRIMARY, SECONDARY);
  const groupRole = await createGroupRole(cloud);
  await createPlaces(cloud, vaultKey);
  const solution = await launchSolution(
    options,
    parametersFor(poolId, {
      CognitoTPS: '25',
      MaxDeletePercent: '100',
      KmsKeyArn,
      VaultBucketArn: `arn:aws:s3:::${VAULT}`,
      VaultAccountId: cloud.account,
      VaultKmsKeyArn: vaultKey,
      GroupRoles: 'MAP',
      GroupRoleArns: groupRole,
    }),
  );
  const sfn = stepFunctionsIn(cloud, PRIMARY);
  succeeded('The first export', await endOf(sfn, await firstExecution(sfn, solution.exportWorkflow)));
  await fillPlaces(cloud, solution.bucket[PRIMARY]);
  const resources = { [PRIMARY]: await resourcesIn(cloud, PRIMARY), [SECONDARY]: await resourcesIn(cloud, SECONDARY) };
  return { ...solution, cloud, watch, poolId, groupRole, resources, round: 0 };
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
