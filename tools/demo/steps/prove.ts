import { stepFunctionsIn } from '../../deploy/clients.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { Region } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { counted } from '../../../source/domain/counted.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { lessenedUsers } from '../sign-in/expected.ts';
import { execute, startExecution, succeeded } from '../../deploy/executions.ts';
import { followExecution } from '../executions.ts';

/** VerifyWorkflow in both Regions: table, replica and snapshots are what the last export sealed. */
export async function proveBackup(demo: Demo, launched: LaunchedSolution): Promise<void> {
  demo.narrator.step('Prove the backup: VerifyWorkflow in both Regions');
  for (const region of [PRIMARY, SECONDARY] as const) await verification(demo, launched, region, {});
}

/**
 * VerifyWorkflow with the new pool: it holds what the backup holds, as the product itself sees it; but for the users whom a
 * rule brings back without an attribute, who must be told of.
 */
export async function provePool(demo: Demo, launched: LaunchedSolution, UserPoolId: string): Promise<void> {
  demo.narrator.step(`Hold the new pool against the backup: VerifyWorkflow in ${SECONDARY}`);
  const lessened = lessenedUsers(demo.options.pool);
  if (lessened === 0) {
    await verification(demo, launched, SECONDARY, { UserPoolId });
    return;
  }
  const sfn = stepFunctionsIn(demo.cloud, SECONDARY);
  const { status, error, cause } = await execute(sfn, launched.verifyWorkflow[SECONDARY], { UserPoolId });
  demo.narrator.say(`${status} ${error}: ${cause}`);
  if (error !== 'PoolDiffers' || cause?.includes(`${counted(lessened, 'user')} differ`) !== true)
    throw new DemoFailure(
      `VerifyWorkflow does not say that ${counted(lessened, 'user')} came back without an attribute.`,
    );
  demo.narrator.done(`VerifyWorkflow ${status}, as it must,`);
}

async function verification(
  { cloud, narrator }: Demo,
  { verifyWorkflow }: LaunchedSolution,
  region: Region,
  input: object,
): Promise<void> {
  const sfn = stepFunctionsIn(cloud, region);
  narrator.say(`VerifyWorkflow in ${region}, input ${JSON.stringify(input)}`);
  const executionArn = await startExecution(sfn, verifyWorkflow[region], input);
  const ended = await followExecution(sfn, executionArn, narrator);
  const { status, output } = succeeded(`VerifyWorkflow in ${region}`, ended);
  narrator.say(JSON.stringify(output, null, 2));
  narrator.done(`VerifyWorkflow ${status}`);
}
