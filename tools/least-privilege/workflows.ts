import { DeleteUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { cognitoIn, stepFunctionsIn } from '../deploy/clients.ts';
import { execute, failureOf, succeeded } from '../deploy/executions.ts';
import type { FinishedExecution } from '../deploy/executions.ts';
import { createPool } from '../deploy/pools.ts';
import { PRIMARY, SECONDARY } from '../deploy/regions.ts';
import type { Region } from '../deploy/regions.ts';
import type { Experiment, Scenario } from './plan.ts';
import { removeStatement } from './role-policy.ts';
import { damagedSelection } from './damaged-selection.ts';
import { verifiedRun } from './verified-run.ts';
import { storedRoleMap } from './group-role.ts';
import { RETAINED, VAULT } from './snapshot-places.ts';
import { changeLaunchedPool } from './solution.ts';
import type { LaunchedPool } from './solution.ts';
import { refusedCalls } from './verdict.ts';
import type { ScenarioOutcome } from './verdict.ts';

type Look = 'look at the backup' | 'look at the exports';
type WorkflowScenario = Exclude<Scenario, 'launch' | Look>;
/** What is run on a launched stack. */
type LaunchedScenario = Exclude<Scenario, 'launch'>;

/** Each runs in the Region whose instance has the role: exports in the primary one, restores in the backup Region. */
const REGION: Readonly<Record<LaunchedScenario, Region>> = {
  export: PRIMARY,
  'compare pool': PRIMARY,
  'verify backup': SECONDARY,
  'look at the backup': SECONDARY,
  'look at the exports': PRIMARY,
  import: SECONDARY,
  'import of a snapshot': SECONDARY,
  'import with a failed job': SECONDARY,
  'import from a vault': SECONDARY,
  'import from an earlier launch': SECONDARY,
  'import with roles of groups': SECONDARY,
  selection: PRIMARY,
  drill: SECONDARY,
};

function workflowOf(launched: LaunchedPool, scenario: WorkflowScenario): string {
  const region = REGION[scenario];
  if (scenario === 'export') return launched.exportWorkflow;
  if (scenario === 'drill') return launched.drillWorkflow[region];
  return scenario === 'selection' || scenario.startsWith('import')
    ? launched.importWorkflow[region]
    : launched.verifyWorkflow[region];
}

/** What the execution gets; `target` is the new pool of a restore, empty for everything else. */
async function inputOf(launched: LaunchedPool, scenario: WorkflowScenario, target: string): Promise<object> {
  switch (scenario) {
    case 'compare pool':
      return { UserPoolId: launched.poolId };
    case 'import':
    case 'import with a failed job':
      return { NewUserPoolId: target };
    case 'import of a snapshot':
      return { NewUserPoolId: target, ExportRun: await verifiedRun(launched) };
    case 'import from a vault':
      return { NewUserPoolId: target, SnapshotPrefix: `s3://${VAULT}/` };
    case 'import from an earlier launch':
      return { NewUserPoolId: target, SnapshotPrefix: `s3://${RETAINED}/` };
    case 'import with roles of groups':
      return { NewUserPoolId: target, GroupRoleMap: await storedRoleMap(launched, target) };
    case 'selection':
      return { NewUserPoolId: launched.poolId, Selection: await damagedSelection(launched) };
    case 'export':
    case 'verify backup':
    case 'drill':
      return {};
  }
}

/** Runs the scenario's workflow or function once, with all permissions that the roles have at the moment. */
export const runScenario = (launched: LaunchedPool, scenario: LaunchedScenario): Promise<ScenarioOutcome> =>
  isLook(scenario) ? look(launched, scenario) : runWorkflow(launched, scenario);

const isLook = (scenario: LaunchedScenario): scenario is Look => scenario.startsWith('look at ');

/**
 * WatchBackup belongs to no workflow: it is invoked as its schedule does it. What it could not ask about exports costs no
 * look, and is told in its answer.
 */
async function look({ cloud, watch, resources }: LaunchedPool, scenario: Look): Promise<ScenarioOutcome> {
  const region = REGION[scenario];
  await watch.news();
  const { FunctionError, Payload } = await new LambdaClient(cloud.clientConfig(region)).send(
    new InvokeCommand({ FunctionName: resources[region]?.['WatchBackup'], Payload: '{}' }),
  );
  const answer = Buffer.from(Payload ?? []).toString('utf8');
  const { exports } = JSON.parse(answer) as { readonly exports?: { readonly unanswered: readonly string[] } };
  const well = FunctionError === undefined && (exports?.unanswered ?? []).length === 0;
  return {
    ended: well ? 'well' : 'badly',
    told: well ? '' : answer,
    refused: refusedCalls(await watch.news()),
  };
}

async function runWorkflow(launched: LaunchedPool, scenario: WorkflowScenario): Promise<ScenarioOutcome> {
  const { cloud } = launched;
  if (scenario === 'export') await changeLaunchedPool(launched);
  const target = scenario.startsWith('import') ? await createPool(cognitoIn(cloud, SECONDARY), 'customers') : undefined;
  const input = await inputOf(launched, scenario, target ?? '');
  // The log of a job that brought in every row is never asked for.
  if (scenario === 'import with a failed job')
    await cloud.configure({ importJobs: { endEarly: { afterRows: 1, as: 'Failed', jobs: 1 } } });
  await launched.watch.news();
  const ended = await start(launched, scenario, input);
  if (scenario === 'import with a failed job') await cloud.configure({ importJobs: {} });
  if (target !== undefined) await cognitoIn(cloud, SECONDARY).send(new DeleteUserPoolCommand({ UserPoolId: target }));
  const refusals = await tasksRefused(stepFunctionsIn(cloud, REGION[scenario]), ended.executionArn);
  const told = [...failureOf('The workflow', ended), ...refusals];
  return {
    ended: told.length === 0 ? 'well' : 'badly',
    told: told.join('\n'),
    refused: refusedCalls(await launched.watch.news()),
  };
}

const start = (launched: LaunchedPool, scenario: WorkflowScenario, input: object): Promise<FinishedExecution> =>
  execute(stepFunctionsIn(launched.cloud, REGION[scenario]), workflowOf(launched, scenario), input);

/**
 * What functions of an execution failed with for lack of a permission, also where the workflow went on: an export that is
 * sealed does not fail because nobody could be told of it.
 */
async function tasksRefused(sfn: SFNClient, executionArn: string): Promise<readonly string[]> {
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000, includeExecutionData: true }),
  );
  return events.flatMap(({ taskFailedEventDetails: { error = '', cause = '' } = {} }) =>
    error === 'AccessDenied' ? [`${error}: ${cause}`] : [],
  );
}

/** The scenario without one statement, which is put back afterwards. */
export async function runWithout(
  launched: LaunchedPool,
  { role, sid, scenario }: Experiment & { readonly scenario: LaunchedScenario },
): Promise<ScenarioOutcome> {
  const roleName = launched.resources[REGION[scenario]]?.[role];
  if (roleName === undefined) throw new Error(`The instance in ${REGION[scenario]} has no role ${role}.`);
  const putBack = await removeStatement(new IAMClient(launched.cloud.clientConfig(PRIMARY)), roleName, sid);
  let outcome: ScenarioOutcome;
  try {
    outcome = await runScenario(launched, scenario);
  } finally {
    await putBack();
  }
  // An export that was cut short is resumed by the next one, which would then skip what it has behind it.
  if (outcome.ended === 'badly' && scenario === 'export') await finishExport(launched, roleName);
  // A drill that was cut short has left its pool, which the next one would find.
  if (outcome.ended === 'badly' && scenario === 'drill') await cleanUpAfterDrill(launched, roleName);
  return outcome;
}

async function cleanUpAfterDrill(launched: LaunchedPool, roleName: string): Promise<void> {
  succeeded(
    `With all statements of ${roleName} put back the clean-up of the drill`,
    await start(launched, 'drill', { CleanUp: true }),
  );
}

async function finishExport(launched: LaunchedPool, roleName: string): Promise<void> {
  succeeded(`With all statements of ${roleName} put back the export`, await start(launched, 'export', {}));
}
