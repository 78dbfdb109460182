import { describeExecution, listExecutions } from '../../adapters/operator/executions.ts';
import { executionNamed, executionParts, machineOf, machinesOf } from '../../domain/operator/execution.ts';
import type { Machine } from '../../domain/operator/execution.ts';
import type { Installation } from '../../domain/operator/installation.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { explained, isUnreachable } from '../explain.ts';
import { typedValue } from '../given.ts';
import { typed } from '../program.ts';
import type { TypedPlace } from '../program.ts';
import { openSession } from '../session.ts';
import type { Place } from '../session.ts';
import { followToEnd } from './run-execution.ts';

/** An execution of an installation. */
export interface FoundExecution {
  readonly machine: Machine;
  readonly executionArn: string;
}

/** Follows an execution that was started before. */
export const runAttach: CommandAction = async (context, { args, options }) => {
  const [given] = args;
  const wanted = given === undefined ? undefined : await typedValue(context, 'execution', given);
  const { installation, place } = await sessionOf(context, options, wanted);
  const found =
    wanted === undefined
      ? await onlyRunning(context, installation, place)
      : await executionCalled(context, { installation, place }, wanted);
  return followToEnd(context, place, found);
};

/** An ARN says in which Region to look. */
export async function sessionOf(
  context: CliContext,
  place: Place,
  wanted: string | undefined,
): Promise<{ readonly installation: Installation; readonly place: Place }> {
  const region = place.region ?? (wanted === undefined ? undefined : executionParts(wanted)?.region);
  const there: Place = region === undefined ? place : { ...place, region };
  const { installation } = await openSession(context, there);
  return { installation, place };
}

/** The execution of this ARN or name. @throws CliError */
export async function executionCalled(
  context: CliContext,
  { installation, place }: { readonly installation: Installation; readonly place: TypedPlace },
  wanted: string,
): Promise<FoundExecution> {
  const machines = machinesOf(installation);
  if (wanted.startsWith('arn:')) {
    const machine = machineOf(machines, wanted);
    if (machine !== undefined) return { machine, executionArn: wanted };
    throw new CliError('notFound', {
      thing: `Execution ${wanted}`,
      found: `it belongs to no workflow of the stack ${installation.stackName}`,
      next: 'Check the ARN, --region and --stack.',
    });
  }
  if (/^[\w.-]{1,80}$/.test(wanted))
    for (const machine of machines) {
      const executionArn = executionNamed(machine, wanted);
      const found = await describeExecution(context.clients.stepFunctions(machine.region), executionArn).catch(
        passing(machine),
      );
      if (found !== undefined) return { machine, executionArn };
    }
  throw new CliError('notFound', {
    thing: `Execution ${wanted}`,
    found: `no workflow of the stack ${installation.stackName} has one of this name`,
    next: `Give its ARN, or leave it out for what runs: ${typed(place, 'attach')}`,
  });
}

/** What runs in both Regions, the hourly look of the backup Region among it. */
async function onlyRunning(
  context: CliContext,
  installation: Installation,
  place: TypedPlace,
): Promise<FoundExecution> {
  const running: FoundExecution[] = [];
  for (const machine of machinesOf(installation)) {
    const listed = await listExecutions(context.clients.stepFunctions(machine.region), machine.arn, {
      running: true,
    }).catch(passing(machine));
    for (const { executionArn } of listed ?? []) running.push({ machine, executionArn });
  }
  const [only, ...more] = running;
  if (only === undefined)
    throw new CliError('notFound', {
      thing: `Executions of the stack ${installation.stackName}`,
      found: 'none runs',
      next: `Name one to be told how it ended: ${typed(place, 'attach <ARN or name>')}`,
    });
  if (more.length === 0) return only;
  throw new CliError('usage', {
    thing: `Executions of the stack ${installation.stackName}`,
    found: `${running.length} run: ${running.map(({ executionArn }) => executionArn).join(', ')}`,
    next: 'Say which one: attach and its ARN.',
  });
}

/** A Region that does not answer has nothing to attach to; anything else is told. */
const passing =
  ({ workflow, region }: Machine) =>
  (error: unknown): undefined => {
    if (isUnreachable(error)) return undefined;
    throw explained(`${workflow} in ${region}`, error);
  };
