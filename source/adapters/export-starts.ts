import { DescribeRuleCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DescribeExecutionCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import type { ExportStarts, LookAtExports } from '../domain/watch/exports.ts';
import { clientOptions } from './client-options.ts';
import type { AdapterOptions } from './client-options.ts';
import { errorNameOf } from './service-errors.ts';

const GONE = 'ResourceNotFoundException';

/** Asks EventBridge for the rule that starts exports, and Step Functions for the newest execution. */
export function exportStarts({
  rule,
  stateMachineArn,
  userAgent,
}: {
  readonly rule: string;
  readonly stateMachineArn: string;
} & Pick<AdapterOptions, 'userAgent'>): LookAtExports {
  const events = new EventBridgeClient(clientOptions({ userAgent, impatient: true }));
  const stepFunctions = new SFNClient(clientOptions({ userAgent, impatient: true }));
  return async () => {
    const unanswered: string[] = [];
    const asked = async <T>(call: string, ask: () => Promise<T>): Promise<T | undefined> => {
      try {
        return await ask();
      } catch (error) {
        unanswered.push(`${call} ${errorNameOf(error)}`);
        return undefined;
      }
    };
    const state = await asked('DescribeRule', () => stateOf(events, rule));
    const newest = await asked('ListExecutions', () => newestOf(stepFunctions, stateMachineArn));
    const error =
      newest === undefined
        ? undefined
        : await asked('DescribeExecution', () => errorOf(stepFunctions, newest.executionArn));
    return {
      rule,
      state: state ?? 'unknown',
      ...(newest === undefined
        ? {}
        : {
            newest: {
              status: newest.status,
              startedAt: newest.startedAt,
              ...(error === undefined ? {} : { error }),
            },
          }),
      unanswered,
    };
  };
}

async function stateOf(client: EventBridgeClient, rule: string): Promise<ExportStarts['state']> {
  try {
    const { State } = await client.send(new DescribeRuleCommand({ Name: rule }));
    return State === 'DISABLED' ? 'disabled' : 'enabled';
  } catch (error) {
    if (errorNameOf(error) === GONE) return 'gone';
    throw error;
  }
}

async function newestOf(client: SFNClient, stateMachineArn: string) {
  const { executions: [newest] = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn, maxResults: 1 }),
  );
  if (newest?.executionArn === undefined || newest.startDate === undefined) return undefined;
  return {
    executionArn: newest.executionArn,
    status: newest.status ?? '',
    startedAt: newest.startDate.toISOString(),
  };
}

async function errorOf(client: SFNClient, executionArn: string): Promise<string | undefined> {
  return (await client.send(new DescribeExecutionCommand({ executionArn }))).error;
}
