/** The first export of a launch: the schedule alone would first fire a day, or thirty days, later. */
import type { Log } from '../../domain/ports.ts';

/** What the start of the first export needs. */
export interface FirstExportDeps {
  /** An execution of that name that exists already is no error: it is the one that an earlier delivery started. */
  readonly startExecution: (stateMachineArn: string, name: string, input: string) => Promise<void>;
  /** Invokes a function without waiting for it. */
  readonly tell: (functionName: string, event: Readonly<Record<string, string>>) => Promise<void>;
  readonly log: Pick<Log, 'info' | 'warn'>;
}

/**
 * Starts ExportWorkflow under a name that follows from the launch, so that a second delivery starts nothing more. A
 * refused start does not fail the launch: the operator gets a message and can start the workflow by hand.
 */
export async function startFirstExport(
  deps: FirstExportDeps,
  {
    stateMachineArn,
    launchId,
    messageBroker,
  }: { readonly stateMachineArn: string; readonly launchId: string; readonly messageBroker: string },
): Promise<void> {
  try {
    await deps.startExecution(stateMachineArn, `launch-${launchId}`, JSON.stringify({ Trigger: 'Launch' }));
    deps.log.info('First export started');
  } catch (error) {
    const errorName = error instanceof Error ? error.name : 'Error';
    deps.log.warn('First export refused', { errorName });
    await tellOf(deps, messageBroker, {
      event: 'launch-export-refused',
      workflow: 'ExportWorkflow',
      stateMachineArn,
      error: errorName,
    });
  }
}

async function tellOf(
  { tell, log }: FirstExportDeps,
  messageBroker: string,
  event: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await tell(messageBroker, event);
  } catch (error) {
    log.warn('The message about the refused first export could not be sent', {
      errorName: error instanceof Error ? error.name : 'Error',
    });
  }
}
