import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

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
