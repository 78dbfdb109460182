import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GetExecutionHistoryCommand } from '@aws-sdk/client-sfn';
import type { HistoryEvent, SFNClient } from '@aws-sdk/client-sfn';

/** What an execution's history tells. */
export interface History {
  readonly events: number;
  readonly transitions: number;
  /** The longest input or output of a state. */
  readonly largestPayloadBytes: number;
  /** Every invocation of a function, and how long its state lasted; `startedAt` in milliseconds since the epoch. */
  readonly invocations: readonly {
    readonly functionName: string;
    readonly startedAt: number;
    readonly seconds: number;
  }[];
}

interface Definition {
  readonly States: Readonly<Record<string, { readonly Resource?: string }>>;
}

export async function historyOf(sfn: SFNClient, executionArn: string, workflow: 'export' | 'import'): Promise<History> {
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        maxResults: 1000,
        includeExecutionData: true,
        ...(nextToken === undefined ? {} : { nextToken }),
      }),
    );
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return {
    events: events.length,
    transitions: events.filter(({ type }) => type?.endsWith('StateEntered')).length,
    largestPayloadBytes: Math.max(0, ...events.map(payloadBytes)),
    invocations: invocationsOf(events, functionsByState(workflow)),
  };
}

const payloadBytes = ({ stateEnteredEventDetails, stateExitedEventDetails }: HistoryEvent): number =>
  Buffer.byteLength(stateEnteredEventDetails?.input ?? stateExitedEventDetails?.output ?? '');

function functionsByState(workflow: 'export' | 'import'): ReadonlyMap<string, string> {
  const file = join(import.meta.dirname, '..', '..', '..', 'source', 'state-machines', `${workflow}-workflow.asl.json`);
  const { States } = JSON.parse(readFileSync(file, 'utf8')) as Definition;
  return new Map(
    Object.entries(States).flatMap(([name, { Resource }]) =>
      Resource === undefined ? [] : [[name, /^\$\{(\w+)FunctionArn\}$/.exec(Resource)?.[1] ?? name]],
    ),
  );
}

/** The workflows run one state at a time, so that events of one visit follow each other. */
function invocationsOf(
  events: readonly HistoryEvent[],
  functions: ReadonlyMap<string, string>,
): History['invocations'] {
  const invocations: { functionName: string; startedAt: number; seconds: number }[] = [];
  let entered: { functionName: string; at: number } | undefined;
  for (const { stateEnteredEventDetails, stateExitedEventDetails, timestamp } of events) {
    const at = timestamp?.getTime() ?? 0;
    if (stateEnteredEventDetails !== undefined) {
      const functionName = functions.get(stateEnteredEventDetails.name ?? '');
      entered = functionName === undefined ? undefined : { functionName, at };
    } else if (stateExitedEventDetails !== undefined && entered !== undefined) {
      invocations.push({
        functionName: entered.functionName,
        startedAt: entered.at,
        seconds: (at - entered.at) / 1000,
      });
      entered = undefined;
    }
  }
  return invocations;
}
