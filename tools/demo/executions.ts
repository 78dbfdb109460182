import { setTimeout as sleep } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  type ExecutionStatus,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { Narrator } from './narrator.ts';

export interface FinishedExecution {
  readonly executionArn: string;
  readonly status: ExecutionStatus;
  /** Parsed output; undefined unless SUCCEEDED. */
  readonly output: Record<string, unknown> | undefined;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  readonly seconds: number;
}

export async function startExecution(sfn: SFNClient, stateMachineArn: string, input: object): Promise<string> {
  const { executionArn } = await sfn.send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  return executionArn as string;
}

/** The newest execution, once there is one. */
export async function firstExecution(sfn: SFNClient, stateMachineArn: string): Promise<string> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const { executions } = await sfn.send(new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }));
    if (executions?.[0]?.executionArn !== undefined) return executions[0].executionArn;
    await sleep(1_000);
  }
  throw new Error('The launch started no export within a minute.');
}

/** Waits for the end of an execution, telling which state it is in. `more` adds a figure to the progress line. */
export async function followExecution(
  sfn: SFNClient,
  executionArn: string,
  narrator: Narrator,
  more: () => Promise<string> = () => Promise.resolve(''),
): Promise<FinishedExecution> {
  for (;;) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') {
      return {
        executionArn,
        status: execution.status as ExecutionStatus,
        output: execution.output === undefined ? undefined : (JSON.parse(execution.output) as Record<string, unknown>),
        error: execution.error,
        cause: execution.cause,
        seconds: ((execution.stopDate?.getTime() ?? 0) - (execution.startDate?.getTime() ?? 0)) / 1000,
      };
    }
    narrator.progress([await currentState(sfn, executionArn), await more()].filter(Boolean).join(', '));
    await sleep(1_000);
  }
}

async function currentState(sfn: SFNClient, executionArn: string): Promise<string> {
  const { events } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20, includeExecutionData: false }),
  );
  return (
    events?.find(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails
      ?.name ?? 'starting'
  );
}
