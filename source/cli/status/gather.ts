import { describeExecution, listExecutions } from '../../adapters/operator/executions.ts';
import {
  alarmStates,
  messagesIn,
  poolProtection,
  replicaStatus,
  rulesThatStart,
  subscriptionCounts,
} from '../../adapters/operator/region-facts.ts';
import { stackResources } from '../../adapters/operator/launch-resources.ts';
import { describeStacks } from '../../adapters/operator/stacks.ts';
import { bucketReader, tableReader } from '../../adapters/operator/stored.ts';
import { readSealedBackup } from '../../domain/backup/sealed-backup.ts';
import { isClosed, snapshotFolders } from '../../domain/backup/snapshot/folders.ts';
import { readLastDrill } from '../../domain/drill/report.ts';
import { isNamed } from '../../domain/errors.ts';
import { machinesOf, selectionOfExecution } from '../../domain/operator/execution.ts';
import type { Known, RegionFacts, StatusFacts, WorkflowExecution } from '../../domain/operator/facts.ts';
import { isInstanceStack } from '../../domain/operator/installation.ts';
import type { DeployedRegion, Installation } from '../../domain/operator/installation.ts';
import { readLast } from '../../domain/verify/backup/last.ts';
import type { CliContext } from '../context.ts';
import { explained } from '../explain.ts';
import type { Session } from '../session.ts';

/** Asks both Regions for everything at once; what cannot be asked is unknown, and the rest is told all the same. */
export async function gatherFacts(context: CliContext, { installation, stack }: Session): Promise<StatusFacts> {
  const regions = await Promise.all(installation.regions.map((region) => regionFacts(context, installation, region)));
  return {
    installation,
    regions,
    now: context.clock.now(),
    ...(stack === undefined ? {} : { stackStatus: stack.status, launchedAt: stack.createdAt }),
  };
}

async function regionFacts(
  context: CliContext,
  installation: Installation,
  deployed: DeployedRegion,
): Promise<RegionFacts> {
  const { clients } = context;
  const { region, bucket, topicArn, exportWorkflowArn } = deployed;
  const { stackName, tableName, userPoolId, secondaryRegion } = installation;
  const objects = bucketReader(clients.s3(region), bucket);
  // Names of queues and alarms are known to the StackSet's stack of the Region only.
  const resources = resourcesOf(context, stackName, region);
  return {
    region,
    ...(await together({
      sealed: known(() => lastSealed(context, tableName, region)),
      verification: known(() => readLast(objects)),
      drill: known(() => readLastDrill(objects)),
      snapshots: known(async () => (await snapshotFolders(objects)).filter(isClosed).map(({ runId }) => runId)),
      running: known(() => runningIn(context, installation, region)),
      ended: known(async () => newestEnds(await executionsIn(context, installation, region, false))),
      subscriptions: known(() => subscriptionCounts(clients.sns(region), topicArn)),
      deadLetters: known(async () => {
        const queues = (await resources).filter(
          ({ type, logicalId }) => type === 'AWS::SQS::Queue' && logicalId.endsWith('DeadLetterQueue'),
        );
        return Promise.all(
          queues.map(async ({ logicalId, physicalId }) => ({
            queue: logicalId,
            messages: await messagesIn(clients.sqs(region), physicalId),
          })),
        );
      }),
      alarms: known(async () =>
        alarmStates(
          clients.cloudWatch(region),
          (await resources).filter(({ type }) => type === 'AWS::CloudWatch::Alarm'),
        ),
      ),
      ...(exportWorkflowArn === undefined
        ? {}
        : {
            schedule: known(() => rulesThatStart(clients.eventBridge(region), exportWorkflowArn)),
            replica: known(() => replicaStatus(clients.dynamoDb(region), tableName, secondaryRegion)),
            pool: known(() => poolProtection(clients.cognito(region), userPoolId)),
          }),
    })),
  };
}

/** Waits for all that was asked for at once; answers by the names of the questions. */
async function together<T extends object>(asked: T): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  const questions: [string, unknown][] = Object.entries(asked);
  const answers = await Promise.all(questions.map(async ([name, answer]) => [name, await answer] as const));
  return Object.fromEntries(answers) as { [K in keyof T]: Awaited<T[K]> };
}

async function known<T>(ask: () => Promise<T>): Promise<Known<T>> {
  try {
    return { value: await ask() };
  } catch (error) {
    return { unknown: explained('status', error).text.found };
  }
}

async function lastSealed({ clients }: CliContext, tableName: string, region: string) {
  try {
    return await readSealedBackup(tableReader(clients.dynamoDb(region), tableName), tableName);
  } catch (error) {
    if (isNamed(error, 'NoSealedBackup')) return undefined;
    throw error;
  }
}

/** Asked for twice, called once; a failure is told by whoever waits for it. */
function resourcesOf({ clients }: CliContext, stackName: string, region: string) {
  const client = clients.cloudFormation(region);
  const found = (async () => {
    const stacks = await describeStacks(client);
    const instance = stacks.find((stack) => isInstanceStack(stack) && stack.outputs.MainStackName === stackName);
    if (instance === undefined)
      throw new Error(`no stack in ${region} says that it belongs to ${stackName}; update the stack by deploy`);
    return stackResources(client, instance.name);
  })();
  found.catch(() => undefined);
  return found;
}

async function executionsIn(
  { clients }: CliContext,
  installation: Installation,
  region: string,
  running: boolean,
): Promise<readonly WorkflowExecution[]> {
  const machines = machinesOf(installation).filter((machine) => machine.region === region);
  const listed = await Promise.all(
    machines.map(async ({ arn, workflow }) =>
      (await listExecutions(clients.stepFunctions(region), arn, { running })).map((execution) => ({
        ...execution,
        workflow,
      })),
    ),
  );
  return listed.flat();
}

/** What runs; a restore of a selection looks like any other, but for its input. */
async function runningIn(
  context: CliContext,
  installation: Installation,
  region: string,
): Promise<readonly WorkflowExecution[]> {
  const running = await executionsIn(context, installation, region, true);
  return Promise.all(
    running.map(async (execution) => {
      if (execution.workflow !== 'ImportWorkflow') return execution;
      const facts = await describeExecution(context.clients.stepFunctions(region), execution.executionArn);
      const selectionId = facts === undefined ? undefined : selectionOfExecution(facts);
      return { ...execution, ...(selectionId === undefined ? {} : { selectionId }) };
    }),
  );
}

/** Of each workflow the newest execution that has ended. */
const newestEnds = (executions: readonly WorkflowExecution[]): readonly WorkflowExecution[] => {
  const newest = new Map<string, WorkflowExecution>();
  for (const execution of executions)
    if (execution.status !== 'RUNNING' && execution.startedAt > (newest.get(execution.workflow)?.startedAt ?? -1))
      newest.set(execution.workflow, execution);
  return [...newest.values()];
};
