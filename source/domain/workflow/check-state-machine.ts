import type { DrillOptions } from '../drill/drill-event.ts';
import { Fault, Halt } from '../errors.ts';
import type { HaltName } from '../errors.ts';
import type { ImportOptions } from '../import/plan/plan-model.ts';
import type { VerifyOptions } from '../verify/verify-event.ts';
import type { ExportOptions, StartedIn } from './input.ts';
import { parseDrillInput, parseExportInput, parseImportInput, parseVerifyInput } from './input.ts';
import type { LeaseDeps, SolutionWorkflow } from './lease.ts';
import { assertNoRestore, assertNoRestoreBeside, isWorkflow, regionOf, takeLease } from './lease.ts';

/** The state of an execution after its first function: what every later function gets. */
export interface WorkflowState {
  readonly executionArn: string;
  /** ISO 8601. */
  readonly startTime: string;
  readonly options: ExportOptions | ImportOptions | VerifyOptions | DrillOptions;
  /** The schedule started it while another one, or before an export or a drill a restore, is at work: this execution has nothing to do. */
  readonly skipped: boolean;
  /** Of a drill: the other Region, where a restore may begin meanwhile. */
  readonly elsewhere?: readonly string[];
  /** What is at work, in the words of the refusal that a start by hand would get; present where `skipped`. */
  readonly busy?: Busy;
}

/** Name and message of the halt that a start by hand would end with, as a state machine's Catch gives them. */
export interface Busy {
  readonly Error: HaltName;
  readonly Cause: string;
}

const PARSERS: Readonly<Record<SolutionWorkflow, (input: unknown, startedIn: StartedIn) => WorkflowState['options']>> =
  {
    ExportWorkflow: parseExportInput,
    ImportWorkflow: parseImportInput,
    VerifyWorkflow: parseVerifyInput,
    DrillWorkflow: parseDrillInput,
  };

/**
 * CheckStateMachine: checks the input, then takes the workflow's lease in this Region; an export also halts while a
 * whole backup is restored in one of `regions` (for a selection it waits, later). One that the schedule started does not
 * fail of that: at short intervals it is no error that the last export, or a restore, is still at work. Asked twice by the
 * same execution it answers the same.
 */
export async function checkStateMachine(
  deps: LeaseDeps,
  event: unknown,
  { regions, ...launch }: { readonly regions: readonly string[] } & Omit<StartedIn, 'region'>,
): Promise<WorkflowState> {
  const { workflow, executionArn, startTime, input } = parseEvent(event);
  const region = regionOf(executionArn);
  const options = PARSERS[workflow](input, { ...launch, region });
  const elsewhere = regions.filter((one) => one !== region);
  const drill = workflow === 'DrillWorkflow' ? { elsewhere } : {};
  const state = { executionArn, startTime, options, skipped: false, ...drill };
  try {
    const of = {
      ...('selectionId' in options ? { selectionFor: options.newUserPoolId } : {}),
      ...('dryRun' in options && options.dryRun ? { dryRun: true as const } : {}),
    };
    // A restore may have taken the lease of drills; what is at work is the restore.
    if (workflow === 'DrillWorkflow') await assertNoRestoreBeside(deps, region, regions);
    await takeLease(deps, { workflow, region, executionArn, ...of });
    if (workflow === 'ExportWorkflow') await assertNoRestore(deps, regions);
    // Of a restore and a drill that start together one sees the other: the restore looks after it has its own lease, too.
    if (workflow === 'DrillWorkflow') await assertNoRestoreBeside(deps, region, regions);
    return state;
  } catch (error) {
    const isScheduled = 'trigger' in options && options.trigger === 'Schedule';
    if (!isScheduled || !(error instanceof Halt) || !BUSY.includes(error.name)) throw error;
    return { ...state, skipped: true, busy: { Error: error.name, Cause: error.message } };
  }
}

/** Halts that say that somebody else is at work. */
const BUSY: readonly HaltName[] = ['ExecutionAlreadyRunning', 'RestoreInProgress'];

function parseEvent(event: unknown): {
  readonly workflow: SolutionWorkflow;
  readonly executionArn: string;
  readonly startTime: string;
  readonly input: unknown;
} {
  const { workflow, executionArn, startTime, input } = (event ?? {}) as Record<string, unknown>;
  if (!isWorkflow(workflow) || typeof executionArn !== 'string' || typeof startTime !== 'string') {
    throw new Fault('BadState', 'CheckStateMachine needs workflow, executionArn and startTime from the state machine.');
  }
  return { workflow, executionArn, startTime, input };
}
