import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, GetExecutionHistoryCommand, type SFNClient } from '@aws-sdk/client-sfn';

export interface Ended {
  readonly executionArn: string;
  readonly status: string;
  /** Parsed; undefined unless it succeeded. */
  readonly output: Readonly<Record<string, unknown>> | undefined;
  readonly error: string;
  readonly cause: string;
}

const POLL_MS = 250;

/** Waits until an execution has ended. @throws Error when it still runs after `patienceMs` */
export async function endOf(sfn: SFNClient, executionArn: string, patienceMs = 300_000): Promise<Ended> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(POLL_MS)) {
    const {
      status = '',
      output,
      error = '',
      cause = '',
    } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING')
      return {
        executionArn,
        status,
        output: output === undefined ? undefined : (JSON.parse(output) as Record<string, unknown>),
        error,
        cause,
      };
  }
  throw new Error(`${executionArn} still runs after ${patienceMs / 1000} s.`);
}

/** Whether one of two executions went past its first state, which takes the lease, before the other one had ended. */
export async function ranSideBySide(sfn: SFNClient, executionArns: readonly [string, string]): Promise<boolean> {
  const [first, second] = (await Promise.all(executionArns.map((arn) => timesOf(sfn, arn)))) as [Times, Times];
  const [earlier, later] = first.hadLease <= second.hadLease ? [first, second] : [second, first];
  return later.hadLease < earlier.ended;
}

interface Times {
  /** When it entered its second state. */
  readonly hadLease: number;
  readonly ended: number;
}

async function timesOf(sfn: SFNClient, executionArn: string): Promise<Times> {
  const { stopDate } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
  const { events = [] } = await sfn.send(
    new GetExecutionHistoryCommand({ executionArn, maxResults: 100, includeExecutionData: false }),
  );
  const [, second] = events.filter(({ stateEnteredEventDetails }) => stateEnteredEventDetails !== undefined);
  return { hadLease: second?.timestamp?.getTime() ?? Infinity, ended: stopDate?.getTime() ?? Infinity };
}
