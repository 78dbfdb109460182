/** What there is in a Region, by name: shows what a launch made and what an uninstall left. */
import { CloudFormationClient, ListStacksCommand, ListStackSetsCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { ListStateMachinesCommand, SFNClient } from '@aws-sdk/client-sfn';
import { ListSubscriptionsCommand, ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { ClientConfigOf } from './clients.ts';

/** Kinds of resources to their names in a Region; roles and buckets are the account's. */
export type Inventory = Readonly<Record<Kind, readonly string[]>>;
export type Kind =
  | 'stacks'
  | 'stackSets'
  | 'functions'
  | 'roles'
  | 'stateMachines'
  | 'queues'
  | 'topics'
  | 'subscriptions'
  | 'rules'
  | 'alarms'
  | 'logGroups'
  | 'parameters'
  | 'tables'
  | 'buckets';

/** One page of each: enough for the few things of a local cloud. */
export async function inventory(clientConfig: ClientConfigOf, region: string): Promise<Inventory> {
  const config = clientConfig(region);
  const cloudFormation = new CloudFormationClient(config);
  const sns = new SNSClient(config);
  const names = async (ask: Promise<readonly (string | undefined)[] | undefined>): Promise<string[]> =>
    ((await ask) ?? []).filter((name) => name !== undefined).sort();
  const kinds: Readonly<Record<Kind, Promise<string[]>>> = {
    stacks: names(
      cloudFormation
        .send(new ListStacksCommand({}))
        .then(({ StackSummaries }) =>
          StackSummaries?.filter(({ StackStatus }) => StackStatus !== 'DELETE_COMPLETE').map(
            ({ StackName }) => StackName,
          ),
        ),
    ),
    stackSets: names(
      cloudFormation
        .send(new ListStackSetsCommand({ Status: 'ACTIVE' }))
        .then(({ Summaries }) => Summaries?.map(({ StackSetName }) => StackSetName)),
    ),
    functions: names(
      new LambdaClient(config)
        .send(new ListFunctionsCommand({}))
        .then(({ Functions }) => Functions?.map(({ FunctionName }) => FunctionName)),
    ),
    roles: names(
      new IAMClient(config)
        .send(new ListRolesCommand({ MaxItems: 1000 }))
        .then(({ Roles }) => Roles?.map(({ RoleName }) => RoleName)),
    ),
    stateMachines: names(
      new SFNClient(config)
        .send(new ListStateMachinesCommand({}))
        .then(({ stateMachines }) => stateMachines?.map(({ name }) => name)),
    ),
    queues: names(
      new SQSClient(config)
        .send(new ListQueuesCommand({}))
        .then(({ QueueUrls }) => QueueUrls?.map((url) => url.split('/').at(-1))),
    ),
    topics: names(
      sns
        .send(new ListTopicsCommand({}))
        .then(({ Topics }) => Topics?.map(({ TopicArn }) => TopicArn?.split(':').at(-1))),
    ),
    subscriptions: names(
      sns
        .send(new ListSubscriptionsCommand({}))
        .then(({ Subscriptions }) => Subscriptions?.map(({ Endpoint }) => Endpoint)),
    ),
    rules: names(
      new EventBridgeClient(config).send(new ListRulesCommand({})).then(({ Rules }) => Rules?.map(({ Name }) => Name)),
    ),
    alarms: names(
      new CloudWatchClient(config)
        .send(new DescribeAlarmsCommand({}))
        .then(({ MetricAlarms }) => MetricAlarms?.map(({ AlarmName }) => AlarmName)),
    ),
    logGroups: names(
      new CloudWatchLogsClient(config)
        .send(new DescribeLogGroupsCommand({}))
        .then(({ logGroups }) => logGroups?.map(({ logGroupName }) => logGroupName)),
    ),
    parameters: names(
      new SSMClient(config)
        .send(new DescribeParametersCommand({}))
        .then(({ Parameters }) => Parameters?.map(({ Name }) => Name)),
    ),
    tables: names(new DynamoDBClient(config).send(new ListTablesCommand({})).then(({ TableNames }) => TableNames)),
    buckets: names(
      new S3Client(config).send(new ListBucketsCommand({})).then(({ Buckets }) => Buckets?.map(({ Name }) => Name)),
    ),
  };
  return Object.fromEntries(
    await Promise.all(Object.entries(kinds).map(async ([kind, found]) => [kind, await found])),
  ) as Inventory;
}
