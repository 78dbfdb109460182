import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import { endOf } from '../deploy/executions.ts';
import type { FinishedExecution } from '../deploy/executions.ts';
import type { Narrator } from './narrator.ts';

/** Waits for the end of an execution, telling which state it is in. `more` adds a figure to the progress line. */
export const followExecution = (
  sfn: SFNClient,
  executionArn: string,
  narrator: Narrator,
  more: () => Promise<string> = () => Promise.resolve(''),
): Promise<FinishedExecution> =>
  endOf(sfn, executionArn, {
    patienceMs: Infinity,
    pollMs: 1_000,
    running: async () =>
      narrator.progress([await currentState(sfn, executionArn), await more()].filter(Boolean).join(', ')),
  });

async function currentState(sfn: SFNClient, executionArn: string): Promise<string> {
  const { events } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20, includeExecutionData: false }),
  );
  return (
    events?.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails
      ?.name ?? 'starting'
  );
}
