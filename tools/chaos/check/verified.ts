import { stepFunctionsIn } from '../../deploy/clients.ts';
import { execute, failureOf } from '../../deploy/executions.ts';
import { PRIMARY, SECONDARY } from '../../deploy/regions.ts';
import type { Deployment } from '../deployment.ts';

/** The backup proves itself in both Regions; in the backup Region this also keeps the last run as a snapshot. */
export async function verificationProblems({ cloud, verifyWorkflow }: Deployment): Promise<string[]> {
  const problems = await Promise.all(
    ([PRIMARY, SECONDARY] as const).map(async (region) =>
      failureOf(
        `the verification in ${region}`,
        await execute(stepFunctionsIn(cloud, region), verifyWorkflow[region], {}),
      ),
    ),
  );
  return problems.flat();
}
