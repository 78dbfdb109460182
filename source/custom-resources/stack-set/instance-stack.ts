/** The ordinary stack behind an instance of the StackSet. */
import { DescribeStacksCommand, paginateDescribeStackEvents } from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient, StackEvent } from '@aws-sdk/client-cloudformation';
import { errorNameOf } from '../../adapters/service-errors.ts';

/** Newest status of a bucket that is not there (any more). */
const GONE = new Set(['DELETE_COMPLETE', 'CREATE_FAILED']);

/** The stack's outputs by their keys; empty while it has none. */
export async function outputs(
  client: CloudFormationClient,
  stackId: string,
): Promise<Readonly<Record<string, string>>> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
  return Object.fromEntries(
    (Stacks[0]?.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}

/** The stack's status; undefined when there is no such stack. */
export async function stackStatus(client: CloudFormationClient, stackId: string): Promise<string | undefined> {
  try {
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackId }));
    return Stacks[0]?.StackStatus;
  } catch (error) {
    if (errorNameOf(error) === 'ValidationError' && error instanceof Error && error.message.includes('does not exist'))
      return undefined;
    throw error;
  }
}

/** Buckets of the stack that are not deleted, by its events: these outlive what a rollback or deletion retains. */
export async function bucketsOf(client: CloudFormationClient, stackId: string): Promise<readonly string[]> {
  const newest = new Map<string, string>();
  for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
    for (const { ResourceType, PhysicalResourceId = '', ResourceStatus = '' } of StackEvents) {
      if (ResourceType === 'AWS::S3::Bucket' && PhysicalResourceId !== '' && !newest.has(PhysicalResourceId))
        newest.set(PhysicalResourceId, ResourceStatus);
    }
  }
  return [...newest].filter(([, status]) => !GONE.has(status)).map(([bucket]) => bucket);
}

/**
 * The first resource that failed in the stack's latest operation. Resources that were only cancelled because of it come
 * later, or say so. Undefined when there is none, or the events cannot be read: the operation's own reason must do then.
 */
export async function firstFailure(client: CloudFormationClient, stackId: string): Promise<string | undefined> {
  let first: StackEvent | undefined;
  try {
    for await (const { StackEvents = [] } of paginateDescribeStackEvents({ client }, { StackName: stackId })) {
      for (const event of StackEvents) {
        if (beginsOperation(event, stackId)) return textOf(first);
        if (isFailure(event, stackId)) first = event; // newest first: the last one seen is the first that failed
      }
    }
  } catch {
    return undefined;
  }
  return textOf(first);
}

const beginsOperation = ({ PhysicalResourceId, ResourceStatus }: StackEvent, stackId: string): boolean =>
  PhysicalResourceId === stackId &&
  (ResourceStatus === 'CREATE_IN_PROGRESS' ||
    ResourceStatus === 'UPDATE_IN_PROGRESS' ||
    ResourceStatus === 'DELETE_IN_PROGRESS');

const isFailure = (
  { PhysicalResourceId, ResourceStatus, ResourceStatusReason = '' }: StackEvent,
  stackId: string,
): boolean =>
  PhysicalResourceId !== stackId &&
  ResourceStatus?.endsWith('_FAILED') === true &&
  !/cancell?ed/i.test(ResourceStatusReason);

const textOf = (event: StackEvent | undefined): string | undefined =>
  event === undefined
    ? undefined
    : `${event.LogicalResourceId ?? ''} (${event.ResourceType ?? ''}) ${event.ResourceStatus ?? ''}: ${event.ResourceStatusReason ?? 'no reason given'}`;
