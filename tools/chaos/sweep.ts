import { setTimeout as sleep } from 'node:timers/promises';
import { AdminUpdateUserAttributesCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { SeededRandom } from '../demo/seed/random.ts';
import { churn } from './churn.ts';
import type { Coverage } from './coverage.ts';
import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import { ALLOWED } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { EVERYWHERE, firstOfEachAction, groupTwice, jobForgotten, shortPages } from './faults.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import { addUsers } from './mass-damage.ts';
import { createPoolFor } from './sign-in.ts';
import { calm } from './simulation.ts';
import { runUntilWell } from './workflow-run.ts';

/**
 * Actions that are called seldom (a job is looked for by its name, a log is read) may have been spared so far: one more
 * export and one more restore of each of these pools, in which they are called. @returns what is still spared, and what went
 * wrong
 */
export async function sweep(
  deployments: readonly Deployment[],
  coverage: Coverage,
  tell: (line: string) => void,
): Promise<string[]> {
  const problems: string[] = [];
  for (const deployment of deployments) problems.push(...(await sweepOne(deployment, coverage, tell)));
  return [
    ...problems,
    ...EVERYWHERE.flatMap((what) => coverage.spared(what).map((action) => `${action} never met: ${what}`)),
  ];
}

async function sweepOne(
  deployment: Deployment,
  coverage: Coverage,
  tell: (line: string) => void,
): Promise<readonly string[]> {
  const { cloud, signIn } = deployment;
  const problems: string[] = [];
  await coverage.look(cloud);
  for (const [index, what] of EVERYWHERE.entries()) {
    const spared = coverage.spared(what);
    if (spared.length === 0) continue;
    tell(`\n${what} once more, for ${spared.join(', ')}`);
    const random = new SeededRandom(index + 1);
    const run = { random, event: 'none', meanwhile: nothing, beforeRestart: nothing };
    await churn(deployment, random, 12);
    // Of whom the export asks by which address they sign in, where the pool takes two.
    await addUsers(deployment, NEW_USERS, random);
    await cloud.configure({
      faults: [...firstOfEachAction(what), jobForgotten, groupTwice, shortPages(random)],
      importJobs: { endEarly: { afterRows: 5, as: 'Failed', jobs: 2 } },
    });
    const exported = await runUntilWell(
      { ...run, sfn: stepFunctionsIn(deployment.cloud, PRIMARY), workflow: deployment.exportWorkflow, input: ALLOWED },
      [],
    );
    const poolId = await createPoolFor(cognitoIn(deployment.cloud, SECONDARY), signIn, `swept-${signIn}-${index}`);
    const imported = await runUntilWell(
      {
        ...run,
        sfn: stepFunctionsIn(deployment.cloud, SECONDARY),
        workflow: deployment.importWorkflow[SECONDARY],
        input: { NewUserPoolId: poolId },
        meanwhile: () => spoilNewUsers(cognitoIn(deployment.cloud, SECONDARY), poolId),
      },
      ['RestoreIncomplete', 'AlreadyRestored'],
    );
    coverage.met(await cloud.faultStrikes());
    await calm(cloud);
    problems.push(...exported.problems, ...imported.problems);
  }
  await coverage.look(cloud);
  return problems;
}

const NEW_USERS = 12;

/** So many users are spoiled, and so long it is waited for them. */
const SPOILED = 5;
const PATIENCE_MS = 120_000;
const LOOK_MS = 200;

/**
 * Changes an attribute of users right after an import job made them, as a job does that gets a value wrong: the restore puts it
 * right, which it has no reason to do otherwise.
 */
async function spoilNewUsers(cognito: CognitoIdentityProviderClient, poolId: string): Promise<void> {
  const spoiled = new Set<string>();
  for (const until = Date.now() + PATIENCE_MS; spoiled.size < SPOILED && Date.now() < until; await sleep(LOOK_MS)) {
    const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId: poolId }));
    for (const { Username = '' } of Users.filter(({ Username: name = '' }) => !spoiled.has(name)).slice(0, SPOILED)) {
      spoiled.add(Username);
      await cognito.send(
        new AdminUpdateUserAttributesCommand({
          UserPoolId: poolId,
          Username,
          UserAttributes: [{ Name: 'nickname', Value: 'spoiled' }],
        }),
      );
    }
  }
}

const nothing = (): Promise<void> => Promise.resolve();
