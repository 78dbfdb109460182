import { cognitoIn, stepFunctionsIn } from '../../deploy/clients.ts';
import { execute } from '../../deploy/executions.ts';
import { SECONDARY } from '../../deploy/regions.ts';
import type { LaunchedSolution } from '../../deploy/solution.ts';
import { DemoFailure } from '../context.ts';
import type { Demo } from '../context.ts';
import { createDemoPool } from '../seed/load.ts';
import { FORGOTTEN, PROVIDERS } from './people.ts';
import { createProviders } from './pools.ts';

/**
 * An empty pool that lacks one provider: a dry run names it, and a restore ends incomplete for the links to it. With the
 * provider made, the next start links what is left.
 */
export async function poolOfProviders(demo: Demo, launched: LaunchedSolution, name: string): Promise<string> {
  const { cloud, narrator, population } = demo;
  const client = cognitoIn(cloud, SECONDARY);
  const poolId = await createDemoPool(client, name, population.customAttributes);
  await createProviders(
    client,
    poolId,
    PROVIDERS.filter((provider) => provider.name !== FORGOTTEN),
  );
  const sfn = stepFunctionsIn(cloud, SECONDARY);
  const dry = await execute(sfn, launched.importWorkflow[SECONDARY], { NewUserPoolId: poolId, DryRun: true });
  narrator.say(`Dry run: ${dry.status} ${JSON.stringify(dry.output ?? dry.cause)}`);
  if (!JSON.stringify(dry.output ?? '').includes(`"missingProviders":["${FORGOTTEN}"]`))
    throw new DemoFailure(`The dry run does not say that the new pool lacks the provider ${FORGOTTEN}.`);
  const first = await execute(sfn, launched.importWorkflow[SECONDARY], { NewUserPoolId: poolId });
  narrator.say(`Without the provider ${FORGOTTEN}: ${first.status} ${first.error}\n${first.cause}`);
  if (first.error !== 'RestoreIncomplete')
    throw new DemoFailure(`A restore without the provider ${FORGOTTEN} ended as ${first.status} ${first.error ?? ''}.`);
  await createProviders(
    client,
    poolId,
    PROVIDERS.filter((provider) => provider.name === FORGOTTEN),
  );
  narrator.say(`The provider ${FORGOTTEN} is made, and the restore started again.`);
  return poolId;
}
