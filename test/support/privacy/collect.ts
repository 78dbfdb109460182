import {
  CloudFormationClient,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ListStackSetOperationsCommand,
  ListStackSetsCommand,
  ListStacksCommand,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { EventBridgeClient, ListRulesCommand, ListTargetsByRuleCommand } from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  GetBucketLocationCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  paginateGetExecutionHistory,
  SFNClient,
} from '@aws-sdk/client-sfn';
import { GetQueueAttributesCommand, ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { DescribeParametersCommand, GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';
import type { Place } from './search.ts';

const text = (value: unknown): string => JSON.stringify(value) ?? '';
type Config = ReturnType<LocalCloud['clientConfig']>;

/** Executions whose input the test itself filled with canaries: of them only what others made of it is looked at. */
export type OwnInput = ReadonlySet<string>;

/**
 * Everything that a Region shows to whoever may look at logs, executions, queues, stacks or names of objects, without the
 * bodies of objects and the items of the table. Every place is named by its kind first.
 */
export async function collectRegion(cloud: LocalCloud, region: string, ownInput: OwnInput): Promise<Place[]> {
  const config = cloud.clientConfig(region);
  const parts = await Promise.all(
    [logs, (of: Config) => executions(of, ownInput), queues, stacks, parameters, rules, functions, objectNames].map(
      (collect) => collect(config),
    ),
  );
  const places = parts.flat().map(({ where, text: found }) => ({ where: `${where} (${region})`, text: found }));
  const messages = (await cloud.snsMessages()).filter(({ topicArn }) => topicArn.includes(`:${region}:`));
  return [
    ...places,
    ...messages.map((message) => ({
      where: `SNS message "${message.subject}" (${region})`,
      text: `${message.subject}\n${message.message}\n${text(message)}`,
    })),
  ];
}

async function logs(config: Config): Promise<Place[]> {
  const client = new CloudWatchLogsClient(config);
  const places: Place[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const { logGroups = [], nextToken } = await client.send(new DescribeLogGroupsCommand({ nextToken: token }));
    for (const { logGroupName = '' } of logGroups)
      places.push({
        where: `log group ${logGroupName}`,
        text: `${logGroupName}\n${(await linesOf(client, logGroupName)).join('\n')}`,
      });
    token = nextToken;
  }
  return places;
}

async function linesOf(client: CloudWatchLogsClient, logGroupName: string): Promise<string[]> {
  const lines: string[] = [];
  for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
    const { events = [], nextToken } = await client.send(
      new FilterLogEventsCommand({ logGroupName, nextToken: token }),
    );
    for (const { message = '', logStreamName = '' } of events) lines.push(`${logStreamName} ${message}`);
    token = nextToken;
  }
  return lines;
}

async function executions(config: Config, ownInput: OwnInput): Promise<Place[]> {
  const client = new SFNClient(config);
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  const places: Place[] = [];
  for (const { stateMachineArn, name = '' } of stateMachines) {
    const { executions: all = [] } = await client.send(
      new ListExecutionsCommand({ stateMachineArn, maxResults: 1_000 }),
    );
    for (const { executionArn = '' } of all) {
      const { input, output, error, cause } = await client.send(new DescribeExecutionCommand({ executionArn }));
      if (ownInput.has(executionArn)) {
        places.push({ where: `error of ${name}`, text: text({ error, cause, output }) });
        continue;
      }
      places.push({ where: `execution of ${name}`, text: [input, output, error, cause].join('\n') });
      const events: unknown[] = [];
      for await (const page of paginateGetExecutionHistory({ client }, { executionArn, maxResults: 1_000 }))
        events.push(...(page.events ?? []));
      places.push({ where: `history of ${name}`, text: text(events) });
    }
  }
  return places;
}

async function queues(config: Config): Promise<Place[]> {
  const client = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
  const { QueueUrls = [] } = await client.send(new ListQueuesCommand({}));
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
      const seen: unknown[] = [];
      for (let round = 0; round < 20; round += 1) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl,
            MaxNumberOfMessages: 10,
            WaitTimeSeconds: 0,
            VisibilityTimeout: 20,
            MessageAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) break;
        seen.push(...Messages.map(({ Body, MessageAttributes }) => ({ Body, MessageAttributes })));
      }
      return {
        where: `${QueueUrl.toLowerCase().includes('deadletter') ? 'dead-letter queue' : 'queue'} ${QueueUrl.split('/').at(-1) ?? ''} with ${seen.length} messages`,
        text: text({ Attributes, seen }),
      };
    }),
  );
}

async function stacks(config: Config): Promise<Place[]> {
  const client = new CloudFormationClient(config);
  const places: Place[] = [];
  const { StackSummaries = [] } = await client.send(new ListStacksCommand({}));
  for (const { StackId: StackName = '', StackName: name = '' } of StackSummaries) {
    const { StackEvents } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    places.push(
      { where: `stack events of ${name}`, text: text(StackEvents) },
      { where: `stack ${name}`, text: text(Stacks) },
    );
  }
  const { Summaries = [] } = await client.send(new ListStackSetsCommand({}));
  for (const { StackSetName = '' } of Summaries)
    places.push({
      where: `operations of the stack set ${StackSetName}`,
      text: text((await client.send(new ListStackSetOperationsCommand({ StackSetName }))).Summaries),
    });
  return places;
}

async function parameters(config: Config): Promise<Place[]> {
  const client = new SSMClient(config);
  const { Parameters = [] } = await client.send(new DescribeParametersCommand({}));
  return Promise.all(
    Parameters.map(async (parameter) => ({
      where: `SSM parameter ${parameter.Name ?? ''}`,
      text: text([parameter, (await client.send(new GetParameterCommand({ Name: parameter.Name }))).Parameter]),
    })),
  );
}

async function rules(config: Config): Promise<Place[]> {
  const client = new EventBridgeClient(config);
  const { Rules = [] } = await client.send(new ListRulesCommand({}));
  return Promise.all(
    Rules.map(async (rule) => ({
      where: `EventBridge rule ${rule.Name ?? ''}`,
      text: text([rule, (await client.send(new ListTargetsByRuleCommand({ Rule: rule.Name }))).Targets]),
    })),
  );
}

async function functions(config: Config): Promise<Place[]> {
  const { Functions = [] } = await new LambdaClient(config).send(new ListFunctionsCommand({}));
  return Functions.map(({ FunctionName = '', Environment, Description, DeadLetterConfig }) => ({
    where: `function ${FunctionName}`,
    text: text({ Environment, Description, DeadLetterConfig }),
  }));
}

async function objectNames(config: Config): Promise<Place[]> {
  const client = new S3Client(config);
  const { Buckets = [] } = await client.send(new ListBucketsCommand({}));
  const places: Place[] = [];
  for (const { Name: Bucket = '' } of Buckets) {
    // The list is the account's; us-east-1 is told by no location.
    const { LocationConstraint = 'us-east-1' } = await client.send(new GetBucketLocationCommand({ Bucket }));
    if (LocationConstraint !== config.region) continue;
    for (let token: string | undefined, first = true; first || token !== undefined; first = false) {
      const { Contents = [], NextContinuationToken } = await client.send(
        new ListObjectsV2Command({ Bucket, ContinuationToken: token }),
      );
      for (const { Key = '' } of Contents) {
        const [{ TagSet }, { Metadata }] = await Promise.all([
          client.send(new GetObjectTaggingCommand({ Bucket, Key })),
          client.send(new HeadObjectCommand({ Bucket, Key })),
        ]);
        places.push({ where: `object in ${Bucket}`, text: text({ Key, TagSet, Metadata }) });
      }
      token = NextContinuationToken;
    }
  }
  return places;
}
