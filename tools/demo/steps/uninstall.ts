import {
  CloudFormationClient,
  ListStackSetsCommand,
  ListStacksCommand,
  type StackEvent,
} from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { SFNClient, paginateListStateMachines } from '@aws-sdk/client-sfn';
import { SNSClient, paginateListTopics } from '@aws-sdk/client-sns';
import { SQSClient, paginateListQueues } from '@aws-sdk/client-sqs';
import { deleteStack } from '../../deploy/stack.ts';
import { DemoFailure, PRIMARY, SECONDARY, type Demo, type Launched } from '../context.ts';
import { textTable } from '../table.ts';

/** Deletes the main stack; everything but table and buckets must be gone in both Regions. */
export async function uninstall(demo: Demo, launched: Launched): Promise<void> {
  const { cloud, narrator } = demo;
  narrator.step('Uninstall: delete the main stack');
  const onEvent = ({ LogicalResourceId, ResourceStatus }: StackEvent): void =>
    narrator.progress(`${LogicalResourceId ?? ''} ${ResourceStatus ?? ''}`);
  const outcome = await deleteStack({ clientConfig: cloud.clientConfig, region: PRIMARY, onEvent }, launched.stackId);
  if (outcome.status !== 'DELETE_COMPLETE') throw new DemoFailure(`The stack ended as ${outcome.status}.`);
  const left = [await leftIn(demo, PRIMARY), await leftIn(demo, SECONDARY)] as const;
  narrator.say(
    textTable(
      ['left over', PRIMARY, SECONDARY],
      Object.keys(left[0]).map((what) => [what, left[0][what] ?? 0, left[1][what] ?? 0]),
    ),
  );
  const gone = left.every((region) => Object.values(region).every((count) => count === 0));
  if (!gone) throw new DemoFailure('Something other than table and buckets was left behind.');
  for (const region of [PRIMARY, SECONDARY] as const) {
    const { Table } = await new DynamoDBClient(cloud.clientConfig(region)).send(
      new DescribeTableCommand({ TableName: launched.tableName }),
    );
    await new S3Client(cloud.clientConfig(region)).send(new HeadBucketCommand({ Bucket: launched.buckets[region] }));
    narrator.say(
      `Kept in ${region}: table ${launched.tableName} (${Table?.TableStatus}), bucket ${launched.buckets[region]}`,
    );
  }
  narrator.done(outcome.status);
}

async function leftIn({ cloud }: Demo, region: string): Promise<Record<string, number>> {
  const config = cloud.clientConfig(region);
  const cfn = new CloudFormationClient(config);
  const { StackSummaries } = await cfn.send(new ListStacksCommand({}));
  const { Summaries } = await cfn.send(new ListStackSetsCommand({ Status: 'ACTIVE' }));
  return {
    stacks: (StackSummaries ?? []).filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').length,
    'stack sets': (Summaries ?? []).length,
    'state machines': await count(
      paginateListStateMachines({ client: new SFNClient(config) }, {}),
      ({ stateMachines }) => stateMachines?.length,
    ),
    functions: await count(
      paginateListFunctions({ client: new LambdaClient(config) }, {}),
      ({ Functions }) => Functions?.length,
    ),
    queues: await count(
      paginateListQueues({ client: new SQSClient(config) }, {}),
      ({ QueueUrls }) => QueueUrls?.length,
    ),
    topics: await count(paginateListTopics({ client: new SNSClient(config) }, {}), ({ Topics }) => Topics?.length),
    roles: await count(
      paginateListRoles({ client: new IAMClient(config) }, {}),
      ({ Roles }) => Roles?.filter(({ Path }) => !Path?.startsWith('/aws-service-role/')).length,
    ),
  };
}

async function count<Page>(pages: AsyncIterable<Page>, of: (page: Page) => number | undefined): Promise<number> {
  let sum = 0;
  for await (const page of pages) sum += of(page) ?? 0;
  return sum;
}
