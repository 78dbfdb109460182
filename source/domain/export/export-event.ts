import { Halt } from '../errors.ts';

/** The state of ExportWorkflow, as every function after CheckStateMachine gets it. */
export interface ExportEvent {
  readonly executionArn: string;
  readonly allowMassDelete: boolean;
}
/** After CheckUserPoolConfig. */
export interface RunEvent extends ExportEvent {
  readonly runId: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Halt InvalidInput when the event is not the state of ExportWorkflow. */
export function parseExportEvent(event: unknown): ExportEvent {
  const { executionArn, options } = isObject(event) ? event : {};
  if (typeof executionArn !== 'string' || !isObject(options)) return refuse('executionArn and options');
  return { executionArn, allowMassDelete: options.allowMassDelete === true };
}

/** The same for the steps behind CheckUserPoolConfig: with the run that it opened. */
export function parseRunEvent(event: unknown): RunEvent {
  const parsed = parseExportEvent(event);
  const run = isObject(event) && isObject(event.run) ? event.run : {};
  return typeof run.runId === 'string' ? { ...parsed, runId: run.runId } : refuse('run.runId');
}

function refuse(missing: string): never {
  throw new Halt(
    'InvalidInput',
    `This function was called without ${missing}: only ExportWorkflow calls it. Start the workflow instead.`,
  );
}
