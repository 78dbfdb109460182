/** The tags of one thing of each kind that a launch makes, as the services give them. */
import { CloudFormationClient, DescribeStackSetCommand, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, ListTagsForResourceCommand as LogTags } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, ListTagsOfResourceCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRoleTagsCommand } from '@aws-sdk/client-iam';
import { LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda';
import { ListTagsForResourceCommand as StateMachineTags, SFNClient } from '@aws-sdk/client-sfn';
import { ListTagsForResourceCommand as TopicTags, SNSClient } from '@aws-sdk/client-sns';
import { ListQueueTagsCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ListTagsForResourceCommand as ParameterTags, SSMClient } from '@aws-sdk/client-ssm';
import type { ClientConfigOf } from './clients.ts';

type Tags = Readonly<Record<string, string>>;
/** Name, URL or ARN of what is asked, by its kind. */
export interface Tagged {
  readonly stack: string;
  readonly stackSet?: string;
  readonly role: string;
  readonly functionArn: string;
  readonly logGroupArn: string;
  readonly queueUrl: string;
  readonly topicArn: string;
  readonly stateMachineArn: string;
  readonly tableArn: string;
  readonly parameter?: string;
}

const byKey = (
  list: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined,
): Tags => Object.fromEntries((list ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));

/** Kind to tags; every kind of `tagged` that is given. */
export async function tagsOf(
  clientConfig: ClientConfigOf,
  region: string,
  tagged: Tagged,
): Promise<Readonly<Record<string, Tags>>> {
  const config = clientConfig(region);
  const cloudFormation = new CloudFormationClient(config);
  const asked: Record<string, Promise<Tags>> = {
    stack: cloudFormation
      .send(new DescribeStacksCommand({ StackName: tagged.stack }))
      .then(({ Stacks }) => byKey(Stacks?.[0]?.Tags)),
    role: new IAMClient(config)
      .send(new ListRoleTagsCommand({ RoleName: tagged.role }))
      .then((answer) => byKey(answer.Tags)),
    function: new LambdaClient(config)
      .send(new ListTagsCommand({ Resource: tagged.functionArn }))
      .then((answer) => answer.Tags ?? {}),
    logGroup: new CloudWatchLogsClient(config)
      .send(new LogTags({ resourceArn: tagged.logGroupArn }))
      .then(({ tags = {} }) => tags),
    queue: new SQSClient(config)
      .send(new ListQueueTagsCommand({ QueueUrl: tagged.queueUrl }))
      .then((answer) => answer.Tags ?? {}),
    topic: new SNSClient(config)
      .send(new TopicTags({ ResourceArn: tagged.topicArn }))
      .then((answer) => byKey(answer.Tags)),
    stateMachine: new SFNClient(config)
      .send(new StateMachineTags({ resourceArn: tagged.stateMachineArn }))
      .then(({ tags = [] }) => Object.fromEntries(tags.map(({ key = '', value = '' }) => [key, value]))),
    table: new DynamoDBClient(config)
      .send(new ListTagsOfResourceCommand({ ResourceArn: tagged.tableArn }))
      .then((answer) => byKey(answer.Tags)),
  };
  if (tagged.stackSet !== undefined)
    asked['stackSet'] = cloudFormation
      .send(new DescribeStackSetCommand({ StackSetName: tagged.stackSet }))
      .then(({ StackSet }) => byKey(StackSet?.Tags));
  if (tagged.parameter !== undefined)
    asked['parameter'] = new SSMClient(config)
      .send(new ParameterTags({ ResourceType: 'Parameter', ResourceId: tagged.parameter }))
      .then(({ TagList }) => byKey(TagList));
  return Object.fromEntries(
    await Promise.all(Object.entries(asked).map(async ([kind, tags]): Promise<[string, Tags]> => [kind, await tags])),
  );
}
