import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { endOf, execute, failureOf, startExecution } from '../deploy/executions.ts';
import type { FaultRule } from '../local-cloud/index.ts';
import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import { ALLOWED } from './deployment.ts';
import type { Deployment } from './deployment.ts';
import { FUNCTIONS } from './faults.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import type { Region } from '../deploy/regions.ts';
import { createPoolFor } from './sign-in.ts';
import { calm } from './simulation.ts';

/**
 * Cognito calls of a workflow that ran through, and of one that was stopped half-way and started again. Those of listings do
 * not count for a restore: every start compares the pool itself at its end, whatever an earlier one saw.
 */
export interface ResumeCost {
  readonly workflow: string;
  readonly undisturbed: number;
  readonly resumed: number;
  readonly problem: string | undefined;
}

const SHARE = 0.05;
/**
 * What a run of a second or two may repeat: progress is stored every 200 ms at first, the function that is at work when its
 * execution is stopped goes on until that is taken from it, and a start looks at the pool. CognitoTPS 25 grants this in a second.
 */
const ALWAYS_FINE = 25;
const LISTINGS: readonly string[] = ['ListUsers', 'ListUsersInGroup', 'ListGroups'];
/** Of one user each, so that a small pool takes as many calls as one of thousands: in all else nothing is disturbed. */
const PAGES: FaultRule = {
  label: 'pages of one',
  service: 'cognito-idp',
  action: LISTINGS,
  caller: FUNCTIONS,
  fault: { kind: 'alter', members: { Limit: 1 } },
};

/** Measures what a stop by hand in the middle costs, without any other fault. */
export async function resumeCosts(deployment: Deployment): Promise<ResumeCost[]> {
  await calm(deployment.cloud);
  await deployment.cloud.configure({ faults: [PAGES] });
  try {
    return await costs(deployment);
  } finally {
    await calm(deployment.cloud);
  }
}

async function costs(deployment: Deployment): Promise<ResumeCost[]> {
  const newPool = async (name: string): Promise<object> => ({
    NewUserPoolId: await createPoolFor(cognitoIn(deployment.cloud, SECONDARY), deployment.signIn, name),
  });
  return [
    await cost(deployment, 'ExportWorkflow', PRIMARY, deployment.exportWorkflow, () => Promise.resolve(ALLOWED)),
    await cost(deployment, 'ImportWorkflow', SECONDARY, deployment.importWorkflow[SECONDARY], () => newPool('resumed')),
  ];
}

async function cost(
  deployment: Deployment,
  workflow: string,
  region: Region,
  arn: string,
  newInput: () => Promise<object>,
): Promise<ResumeCost> {
  const sfn = stepFunctionsIn(deployment.cloud, region);
  const counts = (action: string): boolean => workflow !== 'ImportWorkflow' || !LISTINGS.includes(action);
  const callsSince = async (after: number): Promise<number> =>
    (await deployment.cloud.calls({ service: 'cognito-idp', after })).filter(
      ({ caller, action }) => caller?.startsWith(FUNCTIONS) && counts(action),
    ).length;
  const now = async (): Promise<number> => (await deployment.cloud.calls()).at(-1)?.sequence ?? 0;
  const run = async (input: object): Promise<string> => {
    return failureOf(workflow, await execute(sfn, arn, input)).join('');
  };

  let from = await now();
  let problem = await run(await newInput());
  const undisturbed = await callsSince(from);

  from = await now();
  const input = await newInput();
  const executionArn = await startExecution(sfn, arn, input);
  const halfWay = async (): Promise<boolean> => (await callsSince(from)) >= undisturbed / 2;
  const runs = async (): Promise<boolean> =>
    (await sfn.send(new DescribeExecutionCommand({ executionArn }))).status === 'RUNNING';
  while (!(await halfWay()) && (await runs())) await sleep(50);
  await sfn.send(new StopExecutionCommand({ executionArn }));
  const stopped = await endOf(sfn, executionArn);
  // On a machine that was busy elsewhere it may have come to its end before it was stopped: then nothing was to be resumed.
  if (stopped.status === 'SUCCEEDED')
    return { workflow, undisturbed, resumed: await callsSince(from), problem: problem === '' ? undefined : problem };
  if (stopped.status !== 'ABORTED')
    problem ||= `${workflow} ended as ${stopped.status} before it was stopped: ${stopped.error}: ${stopped.cause}`;
  problem ||= await run(input);
  const resumed = await callsSince(from);
  const repeated = resumed - undisturbed;
  if (problem === '' && repeated > Math.max(ALWAYS_FINE, undisturbed * SHARE))
    problem = `${workflow}: ${repeated} of ${undisturbed} Cognito calls were made again after a stop`;
  return { workflow, undisturbed, resumed, problem: problem === '' ? undefined : problem };
}
