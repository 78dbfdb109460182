/** What the stacks of a launch have made, by their own lists. */
import { ListStackInstancesCommand, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DeleteLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { errorNameOf } from '../service-errors.ts';

/** One resource of a stack. */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}

/** All resources of a stack that exist; of one that is being deleted also those that are gone. */
export async function stackResources(client: CloudFormationClient, stackId: string): Promise<readonly StackResource[]> {
  const found: StackResource[] = [];
  let NextToken: string | undefined;
  do {
    const page = await client.send(new ListStackResourcesCommand({ StackName: stackId, NextToken }));
    for (const { LogicalResourceId = '', PhysicalResourceId = '', ResourceType = '' } of page.StackResourceSummaries ??
      [])
      if (PhysicalResourceId !== '')
        found.push({ logicalId: LogicalResourceId, physicalId: PhysicalResourceId, type: ResourceType });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** Region to the id of the stack that a StackSet has there; empty when there is no such StackSet. */
export async function instanceStacks(
  client: CloudFormationClient,
  stackSet: string,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = {};
  let NextToken: string | undefined;
  try {
    do {
      const page = await client.send(new ListStackInstancesCommand({ StackSetName: stackSet, NextToken }));
      for (const { Region = '', StackId } of page.Summaries ?? [])
        if (StackId !== undefined && StackId !== '') found[Region] = StackId;
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  } catch (error) {
    if (errorNameOf(error) !== 'StackSetNotFoundException') throw error;
  }
  return found;
}

/** Deletes a log group; one that is gone is fine. */
export async function deleteLogGroup(client: CloudWatchLogsClient, logGroup: string): Promise<void> {
  try {
    await client.send(new DeleteLogGroupCommand({ logGroupName: logGroup }));
  } catch (error) {
    if (errorNameOf(error) !== 'ResourceNotFoundException') throw error;
  }
}
