/** Starts executions of the workflows and waits for their ends. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, ListExecutionsCommand, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn';
import { UnexpectedEnd } from './unexpected-end.ts';

export interface FinishedExecution {
  readonly executionArn: string;
  readonly status: string;
  /** Parsed. */
  readonly input: Readonly<Record<string, unknown>>;
  /** Parsed; undefined unless it succeeded. */
  readonly output: Readonly<Record<string, unknown>> | undefined;
  /** Empty when it succeeded. */
  readonly error: string;
  readonly cause: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly seconds: number;
}

export interface Waiting {
  /** For an execution that hangs, not for a machine that is slow. */
  readonly patienceMs?: number;
  readonly pollMs?: number;
  /** Is told what was described, as long as the execution runs. */
  readonly running?: (execution: DescribeExecutionOutput) => Promise<void>;
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

/** Waits until an execution has ended. @throws Error when it still runs after `patienceMs` */
export async function endOf(
  sfn: SFNClient,
  executionArn: string,
  { patienceMs = 400_000, pollMs = 250, running }: Waiting = {},
): Promise<FinishedExecution> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(pollMs)) {
    const execution = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    const { status = '', input = '{}', output, error = '', cause = '', startDate, stopDate } = execution;
    if (status === 'RUNNING') {
      await running?.(execution);
      continue;
    }
    const startedAt = startDate?.getTime() ?? 0;
    return {
      executionArn,
      status,
      input: JSON.parse(input) as Record<string, unknown>,
      output: output === undefined ? undefined : (JSON.parse(output) as Record<string, unknown>),
      error,
      cause,
      startedAt,
      seconds: ((stopDate?.getTime() ?? 0) - startedAt) / 1000,
    };
  }
  throw new Error(`${executionArn} still runs after ${patienceMs / 1000} s.`);
}

/** Runs a workflow to its end, whichever that is. */
export const execute = async (sfn: SFNClient, stateMachineArn: string, input: object): Promise<FinishedExecution> =>
  endOf(sfn, await startExecution(sfn, stateMachineArn, input));

/** In what an execution ended that should have succeeded: nothing, or a sentence about `what` it was. */
export const failureOf = (what: string, { status, error, cause }: FinishedExecution): readonly string[] =>
  status === 'SUCCEEDED' ? [] : [`${what} ended as ${status}: ${error}: ${cause}`];

/** The execution, which must have succeeded. @throws UnexpectedEnd */
export function succeeded(what: string, execution: FinishedExecution): FinishedExecution {
  const [failure] = failureOf(what, execution);
  if (failure !== undefined) throw new UnexpectedEnd(failure);
  return execution;
}
