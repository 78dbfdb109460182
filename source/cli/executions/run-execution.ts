import { startNamedExecution } from '../../adapters/operator/executions.ts';
import { machinesOf } from '../../domain/operator/execution.ts';
import type { Machine } from '../../domain/operator/execution.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import type { SolutionWorkflow } from '../../domain/workflow/lease.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import type { ExitKind } from '../exit-codes.ts';
import { explained } from '../explain.ts';
import { typed } from '../program.ts';
import type { Place } from '../session.ts';
import { conclude } from './conclude.ts';
import { followToEnding } from './follow.ts';

/** What is to be started. */
export interface Start {
  readonly workflow: SolutionWorkflow;
  readonly region: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** The state machine of a Region. @throws CliError when this Region has none of it */
export function machineIn(installation: Installation, workflow: SolutionWorkflow, region: string): Machine {
  const machine = machinesOf(installation).find((one) => one.workflow === workflow && one.region === region);
  if (machine !== undefined) return machine;
  const { primaryRegion, secondaryRegion, stackName } = installation;
  const isOurs = [primaryRegion, secondaryRegion].includes(region);
  throw new CliError(isOurs ? 'failed' : 'usage', {
    thing: `${workflow} in ${region}`,
    found: isOurs
      ? `${region} does not answer, or has no such workflow`
      : `the stack ${stackName} keeps its backup in ${primaryRegion} and ${secondaryRegion} only`,
    next: isOurs
      ? 'Try again when the Region is back; a restore also works in the other one, with a pool there.'
      : `Take a user pool of one of these two Regions.`,
  });
}

/** Starts an execution, follows it, and tells how it ended. */
export async function runExecution(
  context: CliContext,
  { installation, place }: { readonly installation: Installation; readonly place: Place },
  { workflow, region, input }: Start,
): Promise<ExitKind> {
  const machine = machineIn(installation, workflow, region);
  return followToEnd(context, place, { machine, executionArn: await startWorkflow(context, machine, input) });
}

/** Starts an execution, and tells its ARN. @throws CliError */
export async function startWorkflow(
  context: CliContext,
  { workflow, region, arn }: Machine,
  input: Start['input'],
): Promise<string> {
  const name = `cli-${context.randomHex(16)}`;
  const executionArn = await startNamedExecution(context.clients.stepFunctions(region), {
    stateMachineArn: arn,
    name,
    input: { ...input, ...(workflow === 'ImportWorkflow' ? {} : { Trigger: 'Command line' }) },
  }).catch((error: unknown) => {
    throw explained(`${workflow} in ${region}`, error);
  });
  context.output.status({
    text: `${workflow} started in ${region}: ${executionArn}`,
    data: { workflow, region, execution_arn: executionArn },
    lasting: true,
  });
  return executionArn;
}

/** Follows an execution, and tells how it ended; Ctrl-C lets go of it. */
export async function followToEnd(
  context: CliContext,
  place: Place,
  { machine, executionArn }: { readonly machine: Machine; readonly executionArn: string },
): Promise<ExitKind> {
  const attach = typed(place, `attach ${executionArn}`);
  const execution = await followToEnding(context, { machine, executionArn, attach });
  if (execution !== 'detached') return conclude(context, place, machine, execution);
  context.output.summary({
    blocks: [{ lines: [`Detached. ${machine.workflow} goes on in ${machine.region}.`] }],
    data: { outcome: 'detached', workflow: machine.workflow, region: machine.region, execution_arn: executionArn },
    next: [attach],
  });
  return 'detached';
}
