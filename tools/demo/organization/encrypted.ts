/** With which key each thing that a launch makes is encrypted, and which boundary its roles have, as the services say it. */
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { GetBucketEncryptionCommand, S3Client } from '@aws-sdk/client-s3';
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { ClientConfigOf } from '../../deploy/clients.ts';
import { inventory } from '../../deploy/inventory.ts';

/** A thing and the key (ARN, id, alias) or boundary that it has. */
export interface Ruled {
  readonly what: string;
  readonly by: string | undefined;
}

/** Table, bucket of the mapping files, queues, topic and log groups of a Region, each with its key. */
export async function keysIn(
  clientConfig: ClientConfigOf,
  region: string,
  { table, bucket, topic }: { readonly table: string; readonly bucket: string; readonly topic: string },
): Promise<readonly Ruled[]> {
  const config = clientConfig(region);
  const { Table } = await new DynamoDBClient(config).send(new DescribeTableCommand({ TableName: table }));
  const encryption = await new S3Client(config).send(new GetBucketEncryptionCommand({ Bucket: bucket }));
  const { Attributes } = await new SNSClient(config).send(new GetTopicAttributesCommand({ TopicArn: topic }));
  const { logGroups = [] } = await new CloudWatchLogsClient(config).send(new DescribeLogGroupsCommand({}));
  return [
    { what: `table ${table}`, by: Table?.SSEDescription?.KMSMasterKeyArn },
    {
      what: `bucket ${bucket}`,
      by: encryption.ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID,
    },
    { what: `topic ${topic}`, by: Attributes?.['KmsMasterKeyId'] },
    ...(await queueKeys(new SQSClient(config))),
    ...logGroups
      .filter(({ logGroupName = '' }) => !logGroupName.startsWith('/aws/cognito/'))
      .map(({ logGroupName = '', kmsKeyId }) => ({ what: `log group ${logGroupName}`, by: kmsKeyId })),
  ];
}

async function queueKeys(sqs: SQSClient): Promise<readonly Ruled[]> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  return Promise.all(
    QueueUrls.map(async (QueueUrl) => {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['KmsMasterKeyId'] }),
      );
      return { what: `queue ${QueueUrl}`, by: Attributes?.KmsMasterKeyId };
    }),
  );
}

/** Every role of the account, but for those that AWS makes for its services, with its boundary. */
export async function boundariesOf(clientConfig: ClientConfigOf, region: string): Promise<readonly Ruled[]> {
  const { roles } = await inventory(clientConfig, region);
  const iam = new IAMClient(clientConfig(region));
  return Promise.all(
    roles
      .filter((name) => !name.startsWith('AWSServiceRoleFor'))
      .map(async (RoleName) => {
        const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
        return { what: `role ${RoleName}`, by: Role?.PermissionsBoundary?.PermissionsBoundaryArn };
      }),
  );
}
