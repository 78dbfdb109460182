import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { ExecutionFacts, ListedExecution } from '../../domain/operator/execution.ts';

/** Starts a state machine. The name makes it safe to send twice: Step Functions then starts one execution. */
export async function startNamedExecution(
  client: SFNClient,
  { stateMachineArn, name, input }: { readonly stateMachineArn: string; readonly name: string; readonly input: object },
): Promise<string> {
  const { executionArn } = await client.send(
    new StartExecutionCommand({ stateMachineArn, name, input: JSON.stringify(input) }),
  );
  return executionArn ?? '';
}

/** Stops an execution; no error when it has ended, or nobody knows it any more. */
export async function stopExecution(client: SFNClient, executionArn: string, cause: string): Promise<void> {
  const running = await describeExecution(client, executionArn);
  if (running?.status === 'RUNNING') await client.send(new StopExecutionCommand({ executionArn, cause }));
}

/** What Step Functions says about an execution; undefined when it knows none of this ARN. */
export async function describeExecution(client: SFNClient, executionArn: string): Promise<ExecutionFacts | undefined> {
  try {
    const { status, startDate, stopDate, input, output, error, cause } = await client.send(
      new DescribeExecutionCommand({ executionArn }),
    );
    return {
      executionArn,
      status: status ?? '',
      startedAt: startDate?.getTime() ?? 0,
      ...(stopDate === undefined ? {} : { endedAt: stopDate.getTime() }),
      input: fieldsIn(input),
      output: fieldsIn(output),
      error: error ?? '',
      cause: cause ?? '',
    };
  } catch (error) {
    if (error instanceof Error && ['ExecutionDoesNotExist', 'InvalidArn'].includes(error.name)) return undefined;
    throw error;
  }
}

/** The newest executions of a state machine, or only those that run. */
export async function listExecutions(
  client: SFNClient,
  stateMachineArn: string,
  { running = false, atMost = 10 }: { readonly running?: boolean; readonly atMost?: number } = {},
): Promise<readonly ListedExecution[]> {
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({
      stateMachineArn,
      maxResults: atMost,
      ...(running ? { statusFilter: 'RUNNING' as const } : {}),
    }),
  );
  return executions.map(({ executionArn = '', status = '' as string, startDate, stopDate }) => ({
    executionArn,
    status,
    startedAt: startDate?.getTime() ?? 0,
    ...(stopDate === undefined ? {} : { endedAt: stopDate.getTime() }),
  }));
}

function fieldsIn(json: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
