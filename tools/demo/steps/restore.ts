import { counted } from '../../../source/domain/counted.ts';
import { cognitoIn, stepFunctionsIn } from '../../deploy/clients.ts';
import { DeleteUserPoolCommand, DescribeUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import type { Demo } from '../context.ts';
import { readPool } from '../compare/read-pool.ts';
import type { PoolSnapshot } from '../compare/read-pool.ts';
import { startExecution } from '../../deploy/executions.ts';
import type { FinishedExecution } from '../../deploy/executions.ts';
import { followExecution } from '../executions.ts';
import { withoutProviders } from '../federated/pools.ts';
import { poolOfProviders } from '../federated/forgotten-provider.ts';
import { emptyMfaPool, REQUIRED_MFA } from '../mfa/pool-mfa.ts';
import { isSignInPool } from '../options.ts';
import { createDemoPool, settingsOf } from '../seed/load.ts';
import { readSignIns } from '../sign-in/compare.ts';
import type { SignIns } from '../sign-in/compare.ts';
import type { SeededPool } from './seed.ts';

export interface Restored {
  /** The old pool as it was just before it was deleted. */
  readonly old: PoolSnapshot;
  /** By what its users signed in; nothing where that is their username in any case. */
  readonly signIns: SignIns;
  readonly newPoolId: string;
  readonly execution: FinishedExecution;
}

/** Deletes the pool, makes an empty one in the backup Region and runs ImportWorkflow there. */
export async function disasterAndRestore(
  demo: Demo,
  launched: LaunchedSolution,
  { poolId, population }: SeededPool,
): Promise<Restored> {
  const { cloud, narrator, options } = demo;
  narrator.step(`Disaster in ${PRIMARY}: the pool is deleted`);
  const primary = cognitoIn(cloud, PRIMARY);
  const old = withoutProviders(await readPool(primary, poolId), poolId);
  const signIns: SignIns = isSignInPool(options.pool) ? await readSignIns(primary, poolId, old) : new Map();
  await primary.send(new DeleteUserPoolCommand({ UserPoolId: poolId }));
  narrator.say(`Deleted ${poolId} with its ${counted(old.users.size, 'user')}.`);

  narrator.step(`Restore into a new, empty pool in ${SECONDARY}`);
  const secondary = cognitoIn(cloud, SECONDARY);
  const name = 'customers-restored';
  const newPoolId =
    options.pool === 'mfa'
      ? await emptyMfaPool(demo, name, REQUIRED_MFA)
      : options.pool === 'federated'
        ? await poolOfProviders(demo, launched, name)
        : await createDemoPool(secondary, name, population.customAttributes, settingsOf(options.pool));
  const input = { NewUserPoolId: newPoolId };
  narrator.say(`ImportWorkflow in ${SECONDARY}, input ${JSON.stringify(input)}`);
  const sfn = stepFunctionsIn(cloud, SECONDARY);
  const executionArn = await startExecution(sfn, launched.importWorkflow[SECONDARY], input);
  const execution = await followExecution(sfn, executionArn, narrator, async () => {
    const { UserPool } = await secondary.send(new DescribeUserPoolCommand({ UserPoolId: newPoolId }));
    const changes = await cloud.calls({ service: 'cognito-idp', region: SECONDARY, action: 'AdminAddUserToGroup' });
    return `${counted(UserPool?.EstimatedNumberOfUsers ?? 0, 'user')}, ${counted(changes.length, 'membership')}`;
  });
  narrator.say(JSON.stringify(execution.output ?? { error: execution.error, cause: execution.cause }, null, 2));
  narrator.done(`ImportWorkflow ${execution.status}`);
  return { old, signIns, newPoolId, execution };
}
