import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import { endOf, firstExecution, succeeded } from '../deploy/executions.ts';
import { PRIMARY } from '../deploy/regions.ts';
import { launchSolution, parametersFor, publishAssets, solutionFor } from '../deploy/solution.ts';
import type { LaunchedSolution } from '../deploy/solution.ts';
import { DEMO_GROUPS } from '../demo/seed/groups.ts';
import { loadPool } from '../demo/seed/load.ts';
import type { LocalCloud } from '../local-cloud/index.ts';
import { createPoolFor, usersFor } from './sign-in.ts';
import type { SignIn } from './sign-in.ts';

/** One pool with the solution launched for it; several live in one cloud and serve many runs. */
export interface Deployment extends LaunchedSolution {
  readonly cloud: LocalCloud;
  readonly signIn: SignIn;
  readonly poolId: string;
  /** Number of the next user that is added. */
  nextUser: number;
}

/**
 * Input of exports that must not be refused: a dozen changes are a large share of so few users, and all exports here count
 * together.
 */
export const ALLOWED = { AllowMassDelete: true, AllowMassChange: true };

/** Launches the solution for a new pool with this way of signing in, and waits for the export that the launch starts. */
export async function deploy(cloud: LocalCloud, signIn: SignIn, users: number): Promise<Deployment> {
  const poolId = await createPoolFor(cognitoIn(cloud, PRIMARY), signIn, `customers-${signIn}`);
  await loadPool({ cloud, region: PRIMARY, poolId }, DEMO_GROUPS, usersFor(signIn, users, 1));
  const options = solutionFor(cloud, 'chaos-assets', `chaos-${signIn}`);
  await publishAssets(options);
  const launched = await launchSolution(
    options,
    parametersFor(poolId, {
      CognitoTPS: '25',
      AllowMultipleUsernameAttributes: signIn === 'email-phone' ? 'YES' : 'NO',
    }),
  );
  const sfn = stepFunctionsIn(cloud, PRIMARY);
  succeeded(
    `The first export of a pool with ${signIn} sign-in`,
    await endOf(sfn, await firstExecution(sfn, launched.exportWorkflow)),
  );
  return { ...launched, cloud, signIn, poolId, nextUser: users + 1 };
}
