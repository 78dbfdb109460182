import { SFNClient } from '@aws-sdk/client-sfn';
import { DemoFailure, PRIMARY, SECONDARY, type Demo, type Launched } from '../context.ts';
import { followExecution, startExecution } from '../executions.ts';

type Region = typeof PRIMARY | typeof SECONDARY;

/** VerifyWorkflow in both Regions: table, replica and snapshots are what the last export sealed. */
export async function proveBackup(demo: Demo, launched: Launched): Promise<void> {
  demo.narrator.step('Prove the backup: VerifyWorkflow in both Regions');
  for (const region of [PRIMARY, SECONDARY] as const) await verification(demo, launched, region, {});
}

/** VerifyWorkflow with the new pool: it holds what the backup holds, as the product itself sees it. */
export async function provePool(demo: Demo, launched: Launched, UserPoolId: string): Promise<void> {
  demo.narrator.step(`Hold the new pool against the backup: VerifyWorkflow in ${SECONDARY}`);
  await verification(demo, launched, SECONDARY, { UserPoolId });
}

async function verification(
  { cloud, narrator }: Demo,
  { verifyWorkflows }: Launched,
  region: Region,
  input: object,
): Promise<void> {
  const sfn = new SFNClient(cloud.clientConfig(region));
  narrator.say(`VerifyWorkflow in ${region}, input ${JSON.stringify(input)}`);
  const { status, output, error, cause } = await followExecution(
    sfn,
    await startExecution(sfn, verifyWorkflows[region], input),
    narrator,
  );
  if (status !== 'SUCCEEDED')
    throw new DemoFailure(`VerifyWorkflow in ${region} ended as ${status}: ${error}: ${cause}`);
  narrator.say(JSON.stringify(output, null, 2));
  narrator.done(`VerifyWorkflow ${status}`);
}
