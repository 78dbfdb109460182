import { startExecution } from '../../demo/executions.ts';
import { steps, type Deployment } from '../deployment.ts';
import { endOf } from '../executions.ts';
import { PRIMARY, SECONDARY } from '../regions.ts';

/** The backup proves itself in both Regions; in the backup Region this also keeps the last run as a snapshot. */
export async function verificationProblems(deployment: Deployment): Promise<string[]> {
  const problems = await Promise.all(
    ([PRIMARY, SECONDARY] as const).map(async (region) => {
      const sfn = steps(deployment, region);
      const { status, error, cause } = await endOf(
        sfn,
        await startExecution(sfn, deployment.verifyWorkflow[region], {}),
      );
      return status === 'SUCCEEDED' ? [] : [`the verification in ${region} ended as ${status}: ${error}: ${cause}`];
    }),
  );
  return problems.flat();
}
