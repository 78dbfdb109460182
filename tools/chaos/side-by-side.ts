import { DescribeExecutionCommand, GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import type { SFNClient } from '@aws-sdk/client-sfn';

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
