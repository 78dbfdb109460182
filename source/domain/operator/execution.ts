import { selectionOf } from '../import/plan/selection-keys.ts';
import type { SolutionWorkflow } from '../workflow/lease.ts';
import type { Installation } from './installation.ts';

/** An execution as a listing shows it. */
export interface ListedExecution {
  readonly executionArn: string;
  readonly status: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** An execution in full; `output` is empty unless it succeeded, `error` and `cause` unless it did not. */
export interface ExecutionFacts extends ListedExecution {
  readonly input: Readonly<Record<string, unknown>>;
  readonly output: Readonly<Record<string, unknown>>;
  readonly error: string;
  readonly cause: string;
}

/** The selection that an execution restores into a living pool, by its input; undefined for a whole restore and all else. */
export function selectionOfExecution({ input }: Pick<ExecutionFacts, 'input'>): string | undefined {
  const { Selection: key, NewUserPoolId: poolId } = input;
  return typeof key === 'string' && typeof poolId === 'string' ? selectionOf(key, poolId) : undefined;
}

/** A state machine of an installation, and where what it writes lies. */
export interface Machine {
  readonly workflow: SolutionWorkflow;
  readonly region: string;
  readonly arn: string;
  readonly bucket: string;
}

/** The state machines of the Regions that are known. */
export const machinesOf = ({ regions }: Installation): readonly Machine[] =>
  regions.flatMap(({ region, bucket, exportWorkflowArn, importWorkflowArn, verifyWorkflowArn, drillWorkflowArn }) => [
    ...(exportWorkflowArn === undefined
      ? []
      : [{ workflow: 'ExportWorkflow' as const, region, bucket, arn: exportWorkflowArn }]),
    { workflow: 'ImportWorkflow' as const, region, bucket, arn: importWorkflowArn },
    { workflow: 'VerifyWorkflow' as const, region, bucket, arn: verifyWorkflowArn },
    ...(drillWorkflowArn === undefined
      ? []
      : [{ workflow: 'DrillWorkflow' as const, region, bucket, arn: drillWorkflowArn }]),
  ]);

/** `arn:aws:states:us-east-1:111122223333:execution:ImportWorkflow-abc:name` */
const EXECUTION_ARN = /^arn:aws[\w-]*:states:([\w-]+):\d{12}:execution:([\w-]+):([^:]+)$/;

/** The parts of an execution's ARN; undefined for anything else. */
export function executionParts(
  arn: string,
): { readonly region: string; readonly machine: string; readonly name: string } | undefined {
  const [, region, machine, name] = EXECUTION_ARN.exec(arn) ?? [];
  return region === undefined || machine === undefined || name === undefined ? undefined : { region, machine, name };
}

/** The ARN that an execution of this name has, if the machine has one. */
export const executionNamed = ({ arn }: Machine, name: string): string =>
  `${arn.replace(':stateMachine:', ':execution:')}:${name}`;

/** The machine of an execution, by its ARN. */
export function machineOf(machines: readonly Machine[], executionArn: string): Machine | undefined {
  return machines.find(({ arn }) => executionArn.startsWith(`${arn.replace(':stateMachine:', ':execution:')}:`));
}
