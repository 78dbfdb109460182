/** One operation on a stack, followed to its end with the events told as they come. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateStackCommand,
  DeleteStackCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { stackEvents } from '../../source/adapters/operator/stack-changes.ts';
import { describeStacks } from '../../source/adapters/operator/stacks.ts';
import type { ProgressEvent } from '../../source/domain/operator/deploy/stack-events.ts';
import type { ClientConfigOf } from './clients.ts';

export interface StackOperation {
  readonly clientConfig: ClientConfigOf;
  readonly region: string;
  readonly stackName: string;
  readonly templateUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the stack; none when absent. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly onEvent?: (event: ProgressEvent) => void;
  /** Milliseconds after which waiting is given up. Default 10 minutes. */
  readonly patience?: number;
}

export interface StackOutcome {
  readonly stackId: string;
  /** For instance CREATE_COMPLETE; DELETE_COMPLETE also when the stack is no longer listed. */
  readonly status: string;
  readonly outputs: Readonly<Record<string, string>>;
  /** Of this operation, oldest first. */
  readonly events: readonly ProgressEvent[];
}

/** Roles have generated names: CAPABILITY_NAMED_IAM is not needed. */
const CAPABILITIES = ['CAPABILITY_IAM'] as const;
const POLL_MS = 500;
const DEFAULT_PATIENCE_MS = 600_000;

export async function createStack(operation: StackOperation): Promise<StackOutcome> {
  const client = clientOf(operation);
  const { StackId } = await client.send(new CreateStackCommand({ ...inputOf(operation), OnFailure: 'ROLLBACK' }));
  return follow(client, operation, StackId ?? operation.stackName, new Set());
}

/** @throws the SDK's ValidationError when there is nothing to update */
export async function updateStack(operation: StackOperation): Promise<StackOutcome> {
  const client = clientOf(operation);
  const before = await eventIds(client, operation.stackName);
  const { StackId } = await client.send(new UpdateStackCommand(inputOf(operation)));
  return follow(client, operation, StackId ?? operation.stackName, before);
}

/** `stack` is a name or an id; by its id also a deleted stack can be followed to its last event. */
export async function deleteStack(
  operation: Pick<StackOperation, 'clientConfig' | 'region' | 'onEvent' | 'patience'>,
  stack: string,
): Promise<StackOutcome> {
  const client = clientOf(operation);
  const [found] = await describeStacks(client, stack);
  const stackId = found?.id ?? stack;
  const before = await eventIds(client, stackId);
  await client.send(new DeleteStackCommand({ StackName: stackId }));
  return follow(client, operation, stackId, before);
}

/** Reasons of the resources that failed, first one first: what a person would look for in the console. */
export const failuresOf = ({ events }: StackOutcome): string[] =>
  events.filter(({ status }) => status.endsWith('_FAILED')).map(({ logicalId, reason }) => `${logicalId}: ${reason}`);

const clientOf = ({ clientConfig, region }: Pick<StackOperation, 'clientConfig' | 'region'>): CloudFormationClient =>
  new CloudFormationClient(clientConfig(region));

function inputOf({ stackName, templateUrl, parameters, tags = {} }: StackOperation) {
  return {
    StackName: stackName,
    TemplateURL: templateUrl,
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    Capabilities: [...CAPABILITIES],
    Parameters: Object.entries(parameters).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
  };
}

async function follow(
  client: CloudFormationClient,
  { onEvent, patience = DEFAULT_PATIENCE_MS }: Pick<StackOperation, 'onEvent' | 'patience'>,
  stackId: string,
  seen: Set<string>,
): Promise<StackOutcome> {
  const events: ProgressEvent[] = [];
  const deadline = Date.now() + patience;
  for (;;) {
    const [stack] = await describeStacks(client, stackId);
    const status = stack?.status ?? 'DELETE_COMPLETE';
    for (const event of await eventsOf(client, stackId, seen)) {
      seen.add(event.id);
      events.push(event);
      onEvent?.(event);
    }
    if (!status.endsWith('_IN_PROGRESS')) return { stackId, status, outputs: stack?.outputs ?? {}, events };
    if (Date.now() > deadline)
      throw new Error(`The stack ${stackId} is still ${status} after ${Math.round(patience / 1000)} s.`);
    await sleep(POLL_MS);
  }
}

/** Those that are not known yet, oldest first; none when the stack is no longer known. */
async function eventsOf(
  client: CloudFormationClient,
  stack: string,
  known?: ReadonlySet<string>,
): Promise<readonly ProgressEvent[]> {
  try {
    return await stackEvents(client, stack, known);
  } catch (error) {
    if ((error as Error).name !== 'ValidationError') throw error;
    return [];
  }
}

const eventIds = async (client: CloudFormationClient, stack: string): Promise<Set<string>> =>
  new Set((await eventsOf(client, stack)).map(({ id }) => id));
