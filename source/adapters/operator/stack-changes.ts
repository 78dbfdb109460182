/** Change sets of the main stack, its events, and the templates that are deployed. */
import {
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DeleteStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackSetCommand,
  ExecuteChangeSetCommand,
  GetTemplateCommand,
  ListChangeSetsCommand,
} from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { ProgressEvent } from '../../domain/operator/deploy/stack-events.ts';
import type { ResourceChange } from '../../domain/operator/deploy/resource-changes.ts';
import { errorNameOf } from '../service-errors.ts';

/** Roles have generated names: CAPABILITY_NAMED_IAM is not needed. */
const CAPABILITIES = ['CAPABILITY_IAM'] as const;

/** What the change set is made of. */
export interface StackChange {
  readonly stackName: string;
  readonly changeSetName: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly templateUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

/** A change set by the ids that CloudFormation gave it and its stack; both go with every call, since IAM judges by the stack. */
export interface ChangeSetIds {
  readonly changeSetId: string;
  readonly stackId: string;
}

/** Asks for the change set; CloudFormation works it out meanwhile. */
export async function createChangeSet(client: CloudFormationClient, change: StackChange): Promise<ChangeSetIds> {
  const { Id = '', StackId = '' } = await client.send(
    new CreateChangeSetCommand({
      StackName: change.stackName,
      ChangeSetName: change.changeSetName,
      ChangeSetType: change.kind,
      TemplateURL: change.templateUrl,
      Capabilities: [...CAPABILITIES],
      Parameters: Object.entries(change.parameters).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
      Tags: Object.entries(change.tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  return { changeSetId: Id, stackId: StackId };
}

/** How far it is: the status of the change set, and why it failed. */
export async function changeSetState(
  client: CloudFormationClient,
  { changeSetId, stackId }: ChangeSetIds,
): Promise<{ readonly status: string; readonly reason: string }> {
  const { Status = '', StatusReason = '' } = await client.send(
    new DescribeChangeSetCommand({ StackName: stackId, ChangeSetName: changeSetId }),
  );
  return { status: Status, reason: StatusReason };
}

/** What it would do to each resource. */
export async function resourceChanges(
  client: CloudFormationClient,
  { changeSetId, stackId }: ChangeSetIds,
): Promise<readonly ResourceChange[]> {
  const found: ResourceChange[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeChangeSetCommand({ StackName: stackId, ChangeSetName: changeSetId, NextToken }),
    );
    for (const { ResourceChange: change } of page.Changes ?? []) {
      const { Action, LogicalResourceId = '', ResourceType = '', Replacement } = change ?? {};
      if (Action !== undefined)
        found.push({
          action: Action,
          logicalId: LogicalResourceId,
          type: ResourceType,
          ...(Replacement === undefined ? {} : { replacement: Replacement }),
        });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** From here on CloudFormation works without the caller. */
export const executeChangeSet = async (
  client: CloudFormationClient,
  { changeSetId, stackId }: ChangeSetIds,
): Promise<void> => {
  await client.send(new ExecuteChangeSetCommand({ StackName: stackId, ChangeSetName: changeSetId }));
};

/** Takes back a change set that was not executed; one that is gone is fine. */
export async function deleteChangeSet(
  client: CloudFormationClient,
  { changeSetId, stackId }: ChangeSetIds,
): Promise<void> {
  try {
    await client.send(new DeleteChangeSetCommand({ StackName: stackId, ChangeSetName: changeSetId }));
  } catch (error) {
    if (errorNameOf(error) !== 'ChangeSetNotFound' && errorNameOf(error) !== 'ChangeSetNotFoundException') throw error;
  }
}

/** Change sets of a stack that were not executed: name to id. */
export async function changeSetsOf(
  client: CloudFormationClient,
  stackId: string,
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListChangeSetsCommand({ StackName: stackId, NextToken }));
    for (const { ChangeSetName = '', ChangeSetId = '' } of page.Summaries ?? []) found.set(ChangeSetName, ChangeSetId);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** Asks for the deletion of a stack; by its id only that very stack is deleted. */
export const startDeletion = async (client: CloudFormationClient, stackId: string): Promise<void> => {
  await client.send(new DeleteStackCommand({ StackName: stackId }));
};

/**
 * Events of a stack, oldest first; by its id also those of a deleted one.
 * @param known ids of events that were read before: these and all before them are left out, and not asked for again
 */
export async function stackEvents(
  client: CloudFormationClient,
  stackId: string,
  known: ReadonlySet<string> = new Set(),
): Promise<readonly ProgressEvent[]> {
  const events: ProgressEvent[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new DescribeStackEventsCommand({ StackName: stackId, NextToken }));
    // Newest first.
    for (const event of page.StackEvents ?? []) {
      if (known.has(event.EventId ?? '')) return events.reverse();
      events.push({
        id: event.EventId ?? '',
        at: event.Timestamp?.getTime() ?? 0,
        logicalId: event.LogicalResourceId ?? '',
        type: event.ResourceType ?? '',
        status: event.ResourceStatus ?? '',
        reason: event.ResourceStatusReason ?? '',
        ofStack: event.PhysicalResourceId === event.StackId,
      });
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return events.reverse();
}

/** The template of a stack as it was uploaded. */
export async function deployedTemplate(client: CloudFormationClient, stackId: string): Promise<string> {
  const { TemplateBody = '' } = await client.send(
    new GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' }),
  );
  return TemplateBody;
}

/** The template of a StackSet; undefined when there is no such StackSet. */
export async function deployedStackSetTemplate(
  client: CloudFormationClient,
  stackSetName: string,
): Promise<string | undefined> {
  try {
    const { StackSet } = await client.send(new DescribeStackSetCommand({ StackSetName: stackSetName }));
    return StackSet?.TemplateBody;
  } catch (error) {
    if (errorNameOf(error) === 'StackSetNotFoundException') return undefined;
    throw error;
  }
}
