import * as v from 'valibot';
import { Halt } from '../errors.ts';

/** The state of ExportWorkflow, as every function after CheckStateMachine gets it. */
export interface ExportEvent {
  readonly executionArn: string;
  readonly allowMassDelete: boolean;
  readonly allowMassChange: boolean;
  readonly allowUnsettledRecovery?: true;
}
/** After CheckUserPoolConfig. */
export interface RunEvent extends ExportEvent {
  readonly runId: string;
}

/** Only a true that is no text allows what a guard would refuse. */
const allowed = v.optional(
  v.pipe(
    v.unknown(),
    v.transform((value) => value === true),
  ),
  false,
);
const state = v.object({
  executionArn: v.string(),
  options: v.object({
    allowMassDelete: allowed,
    allowMassChange: allowed,
    allowUnsettledRecovery: v.exactOptional(v.literal(true)),
  }),
});
const run = v.object({ run: v.object({ runId: v.string() }) });

/** Halt InvalidInput when the event is not the state of ExportWorkflow. */
export function parseExportEvent(event: unknown): ExportEvent {
  const { success, output } = v.safeParse(state, event);
  if (!success) return refuse('executionArn and options');
  return { executionArn: output.executionArn, ...output.options };
}

/** As parseExportEvent, for the states after CheckUserPoolConfig. */
export function parseRunEvent(event: unknown): RunEvent {
  const parsed = parseExportEvent(event);
  const { success, output } = v.safeParse(run, event);
  return success ? { ...parsed, runId: output.run.runId } : refuse('run.runId');
}

function refuse(missing: string): never {
  throw new Halt(
    'InvalidInput',
    `This function was called without ${missing}: only ExportWorkflow calls it. Start the workflow instead.`,
  );
}
