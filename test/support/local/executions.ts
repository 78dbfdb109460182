import { setTimeout as sleep } from 'node:timers/promises';
import { DescribeExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';

export interface EndedExecution {
  readonly executionArn: string;
  readonly status: string | undefined;
  /** Parsed; undefined unless it succeeded. */
  readonly output: unknown;
  readonly error: string | undefined;
  readonly cause: string | undefined;
}

/** Waits until an execution has ended; the patience is for one that hangs, not for a machine that is slow. */
export async function endOf(sfn: SFNClient, executionArn: string, patienceMs = 400_000): Promise<EndedExecution> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(250)) {
    const { status, output, error, cause } = await sfn.send(new DescribeExecutionCommand({ executionArn }));
    if (status !== 'RUNNING')
      return {
        executionArn,
        status,
        output: output === undefined ? undefined : (JSON.parse(output) as unknown),
        error,
        cause,
      };
  }
  throw new Error(`${executionArn} still runs after ${patienceMs} ms.`);
}
