import { startNamedExecution, stopExecution } from '../../adapters/operator/executions.ts';
import { bucketReader } from '../../adapters/operator/stored.ts';
import { allRecords } from '../../domain/drill/pool-record.ts';
import { machinesOf } from '../../domain/operator/execution.ts';
import type { Machine } from '../../domain/operator/execution.ts';
import { installationOf } from '../../domain/operator/installation.ts';
import type { StackFacts } from '../../domain/operator/installation.ts';
import type { CliContext } from '../context.ts';
import { followToEnding } from '../executions/follow.ts';
import { explained } from '../explain.ts';
import { PROGRAM } from '../program.ts';

/**
 * Before the workflows are gone: ends a drill that is at work and has the pools deleted that drills left behind. Where that
 * does not succeed, it is said by which names they are found; the uninstallation goes on.
 */
export async function endDrills(context: CliContext, stack: StackFacts): Promise<void> {
  const installation = installationOf(stack);
  const machines = installation === undefined ? [] : machinesOf(installation);
  for (const machine of machines.filter(({ workflow }) => workflow === 'DrillWorkflow')) {
    const done = await endDrillsOf(context, machine).catch(
      (error: unknown) => explained(`Drills in ${machine.region}`, error).text.found,
    );
    if (done !== undefined)
      context.output.status({
        text: `A user pool of a drill may be left in ${machine.region} (${done}): look for names that begin with CognitoUserProfilesExport-drill-, and delete them.`,
        lasting: true,
      });
  }
}

/** Why something may be left; undefined where nothing is. */
async function endDrillsOf(context: CliContext, machine: Machine): Promise<string | undefined> {
  const { region, bucket, arn } = machine;
  const client = context.clients.stepFunctions(region);
  const objects = bucketReader(context.clients.s3(region), bucket);
  const records = await allRecords(objects);
  if (records.length === 0) return undefined;
  for (const { executionArn } of records)
    await stopExecution(client, executionArn, 'The stack is uninstalled; the pool of the drill is deleted.');
  const executionArn = await startNamedExecution(client, {
    stateMachineArn: arn,
    name: `cli-${context.randomHex(16)}`,
    input: { CleanUp: true, Trigger: 'Uninstall' },
  });
  const attach = `${PROGRAM} attach ${executionArn} --region ${region}`;
  const ended = await followToEnding(context, { machine, executionArn, attach });
  if (ended === 'detached') return 'its clean-up was not waited for';
  if (ended.status !== 'SUCCEEDED') return ended.error === '' ? ended.status : ended.error;
  return (await allRecords(objects)).length === 0 ? undefined : 'a drill may just have asked for it';
}
