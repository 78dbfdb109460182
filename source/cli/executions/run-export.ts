import type { CommandAction } from '../context.ts';
import { acceptedKeys } from '../given.ts';
import { openSession } from '../session.ts';
import { runExecution } from './run-execution.ts';

/** Starts an export and follows it. */
export const runExport: CommandAction = async (context, { options }) => {
  const { installation } = await openSession(context, options, { settled: true });
  return runExecution(
    context,
    { installation, place: options },
    { workflow: 'ExportWorkflow', region: installation.primaryRegion, input: acceptedKeys(options.accept) },
  );
};
