import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourceCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { AssociateKmsKeyCommand, CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  GetRoleCommand,
  IAMClient,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { DisableKeyCommand, EnableKeyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  CreateBucketCommand,
  GetBucketEncryptionCommand,
  GetObjectCommand,
  PutBucketEncryptionCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, GetTopicAttributesCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { keyPolicy } from '../../source/domain/operator/permissions/key-policy.ts';
import { createCustomerKey } from '../../tools/deploy/customer-key.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { solutionFor } from '../../tools/deploy/solution.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { rejection } from '../support/rejection.ts';

/** Each of these fails without customer_keys.py or dropped_properties.py of tools/local-cloud/ministack/repairs. */
describe('local cloud: what a key encrypts, and the boundary of a role, hold as on AWS', function () {
  this.timeout(300_000);
  let cloud: LocalCloud;
  let key: string;
  /** What somebody with all permissions but those on the key is answered, by the call. */
  let calls: Readonly<Record<string, () => Promise<unknown>>>;
  let allow: (actions: readonly string[], services: readonly string[]) => Promise<void>;

  before(async () => {
    cloud = await startLocalCloud();
    key = await createCustomerKey(solutionFor(cloud, 'unused', 'Backup'), cloud.account);
    const root = cloud.clientConfig(PRIMARY);
    const iam = new IAMClient(root);
    await iam.send(new CreateUserCommand({ UserName: 'clerk' }));
    allow = async (actions, services) => {
      const onKey = {
        Effect: 'Allow',
        Action: actions,
        Resource: key,
        Condition: {
          StringEquals: { 'kms:ViaService': services.map((service) => `${service}.${PRIMARY}.amazonaws.com`) },
        },
      };
      const everything = { Effect: 'Allow', Action: ['s3:*', 'sqs:*', 'sns:*', 'dynamodb:*'], Resource: '*' };
      await iam.send(
        new PutUserPolicyCommand({
          UserName: 'clerk',
          PolicyName: 'Work',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [everything, ...(actions.length === 0 ? [] : [onKey])],
          }),
        }),
      );
    };
    await allow([], []);
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'clerk' }));
    const clerk = {
      ...root,
      credentials: {
        accessKeyId: AccessKey?.AccessKeyId ?? '',
        secretAccessKey: AccessKey?.SecretAccessKey ?? '',
      },
    };

    await new S3Client(root).send(new CreateBucketCommand({ Bucket: 'papers' }));
    await new S3Client(root).send(
      new PutBucketEncryptionCommand({
        Bucket: 'papers',
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } }],
        },
      }),
    );
    await new S3Client(root).send(new PutObjectCommand({ Bucket: 'papers', Key: 'old', Body: 'x' }));
    const { QueueUrl } = await new SQSClient(root).send(
      new CreateQueueCommand({ QueueName: 'work', Attributes: { KmsMasterKeyId: key } }),
    );
    const { TopicArn } = await new SNSClient(root).send(
      new CreateTopicCommand({ Name: 'news', Attributes: { KmsMasterKeyId: key.split('/')[1] ?? '' } }),
    );
    await new DynamoDBClient(root).send(
      new CreateTableCommand({
        TableName: 'people',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
        SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
      }),
    );
    const [s3, sqs, sns, dynamoDb] = [
      new S3Client(clerk),
      new SQSClient({ ...clerk, useQueueUrlAsEndpoint: false }),
      new SNSClient(clerk),
      new DynamoDBClient(clerk),
    ];
    const item = { id: { S: '1' } };
    calls = {
      get: () => s3.send(new GetObjectCommand({ Bucket: 'papers', Key: 'old' })),
      put: () => s3.send(new PutObjectCommand({ Bucket: 'papers', Key: 'new', Body: 'x' })),
      send: () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' })),
      receive: () => sqs.send(new ReceiveMessageCommand({ QueueUrl })),
      publish: () => sns.send(new PublishCommand({ TopicArn, Message: 'x' })),
      read: () => dynamoDb.send(new GetItemCommand({ TableName: 'people', Key: item })),
      write: () => dynamoDb.send(new PutItemCommand({ TableName: 'people', Item: item })),
      replicate: () =>
        dynamoDb.send(
          new UpdateTableCommand({
            TableName: 'people',
            ReplicaUpdates: [{ Create: { RegionName: SECONDARY, KMSMasterKeyId: key.replace(PRIMARY, SECONDARY) } }],
          }),
        ),
    };
  });
  after(() => cloud?.stop());

  /** Name of the error of each call; `ok` where there is none. */
  const answers = async (which = Object.keys(calls)): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for (const name of which)
      found[name] =
        (await calls[name]?.().then(
          () => 'ok',
          (error: unknown) => (error as Error).name,
        )) ?? '';
    return found;
  };
  const REFUSED = {
    get: 'AccessDenied',
    put: 'AccessDenied',
    send: 'KmsAccessDenied',
    receive: 'KmsAccessDenied',
    publish: 'KMSAccessDeniedException',
    read: 'AccessDeniedException',
    write: 'AccessDeniedException',
    replicate: 'AccessDeniedException',
  };
  const DATA = ['get', 'put', 'send', 'receive', 'publish', 'read', 'write'];

  it('B13: refuses who may use the service and not its key', async () => {
    expect(await answers()).to.deep.equal(REFUSED);
  });

  it('B13: asks each call for the actions that the service takes, and lets them through no other service', async () => {
    await allow(['kms:Decrypt'], ['s3', 'sqs', 'sns', 'dynamodb']);
    expect(await answers()).to.deep.equal({ ...REFUSED, get: 'ok', receive: 'ok', read: 'ok', write: 'ok' });
    await allow(['kms:Decrypt', 'kms:GenerateDataKey'], ['s3', 'sns']);
    expect(await answers()).to.deep.equal({ ...REFUSED, get: 'ok', put: 'ok', publish: 'ok' });
    await allow(['kms:Decrypt', 'kms:GenerateDataKey'], ['s3', 'sqs', 'sns', 'dynamodb']);
    expect(await answers()).to.deep.equal({
      ...Object.fromEntries(DATA.map((name) => [name, 'ok'])),
      // What makes a replica needs more than what reads and writes.
      replicate: 'AccessDeniedException',
    });
  });

  it('B13: serves nobody with a key that is disabled, whatever his permissions', async () => {
    const kms = new KMSClient(cloud.clientConfig(PRIMARY));
    await kms.send(new DisableKeyCommand({ KeyId: key }));
    expect(await answers(DATA)).to.deep.equal({
      get: 'KMS.DisabledException',
      put: 'KMS.DisabledException',
      send: 'KmsDisabled',
      receive: 'KmsDisabled',
      publish: 'KMSDisabledException',
      read: 'AccessDeniedException',
      write: 'AccessDeniedException',
    });
    await kms.send(new EnableKeyCommand({ KeyId: key }));
    expect(new Set(Object.values(await answers(DATA)))).to.deep.equal(new Set(['ok']));
  });

  it('B13: makes a replica with the key of its Region, or with that of AWS, never with that of its table', async () => {
    const dynamoDb = new DynamoDBClient(cloud.clientConfig(PRIMARY));
    const keyIn = async (region: string): Promise<string | undefined> =>
      (await new DynamoDBClient(cloud.clientConfig(region)).send(new DescribeTableCommand({ TableName: 'people' })))
        .Table?.SSEDescription?.KMSMasterKeyArn;
    const add = async (KMSMasterKeyId?: string): Promise<void> => {
      await dynamoDb.send(
        new UpdateTableCommand({
          TableName: 'people',
          ReplicaUpdates: [
            { Create: { RegionName: SECONDARY, ...(KMSMasterKeyId === undefined ? {} : { KMSMasterKeyId }) } },
          ],
        }),
      );
    };
    expect(await rejection(add(key))).to.include({ name: 'AccessDeniedException' });
    await add();
    expect(await keyIn(SECONDARY)).to.include('alias/aws/dynamodb');
    await dynamoDb.send(
      new UpdateTableCommand({ TableName: 'people', ReplicaUpdates: [{ Delete: { RegionName: SECONDARY } }] }),
    );
    await add(key.replace(PRIMARY, SECONDARY));
    expect(await keyIn(SECONDARY)).to.equal(key.replace(PRIMARY, SECONDARY));
  });

  it('B13: gives a log group only a key whose policy lets CloudWatch Logs use it for that group', async () => {
    const logs = new CloudWatchLogsClient(cloud.clientConfig(SECONDARY));
    for (const logGroupName of ['Backup-Work', 'Other']) await logs.send(new CreateLogGroupCommand({ logGroupName }));
    const associate = (logGroupName: string): Promise<unknown> =>
      logs.send(new AssociateKmsKeyCommand({ logGroupName, kmsKeyId: key.replace(PRIMARY, SECONDARY) }));
    await associate('Backup-Work');
    expect(await rejection(associate('Other')))
      .to.include({ name: 'InvalidParameterException' })
      .and.to.have.property('message')
      .that.includes('not allowed to be used');
    const policy = keyPolicy({
      partition: 'aws',
      account: cloud.account,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      stackName: 'Backup',
    });
    await new KMSClient(cloud.clientConfig(SECONDARY)).send(
      new PutKeyPolicyCommand({
        KeyId: key.replace(PRIMARY, SECONDARY),
        Policy: JSON.stringify({ ...policy, Statement: policy.Statement.slice(0, 1) }),
      }),
    );
    expect(await rejection(associate('Backup-Work'))).to.include({ name: 'InvalidParameterException' });
  });

  it('B12, B13: keeps boundary and keys of what a stack makes, and refuses a boundary that does not exist', async () => {
    const cloudFormation = new CloudFormationClient(cloud.clientConfig(PRIMARY));
    const { Policy } = await new IAMClient(cloud.clientConfig(PRIMARY)).send(
      new CreatePolicyCommand({
        PolicyName: 'Boundary',
        PolicyDocument: JSON.stringify({
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 's3:*', Resource: '*' }],
        }),
      }),
    );
    const boundary = Policy?.Arn ?? '';
    const template = (PermissionsBoundary?: string): string =>
      JSON.stringify({
        Resources: {
          Role: {
            Type: 'AWS::IAM::Role',
            Properties: {
              AssumeRolePolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
                ],
              },
              ...(PermissionsBoundary === undefined ? {} : { PermissionsBoundary }),
            },
          },
          Bucket: {
            Type: 'AWS::S3::Bucket',
            Properties: {
              BucketEncryption: {
                ServerSideEncryptionConfiguration: [
                  {
                    ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
                    BucketKeyEnabled: true,
                  },
                ],
              },
            },
          },
          Topic: { Type: 'AWS::SNS::Topic', Properties: { KmsMasterKeyId: key } },
        },
      });
    const operation = (StackName: string, boundaryArn?: string) => ({
      StackName,
      TemplateBody: template(boundaryArn),
      Capabilities: ['CAPABILITY_IAM' as const],
    });
    const idOf = async (LogicalResourceId: string): Promise<string> =>
      (await cloudFormation.send(new DescribeStackResourceCommand({ StackName: 'ruled', LogicalResourceId })))
        .StackResourceDetail?.PhysicalResourceId ?? '';
    const boundaryNow = async (): Promise<string | undefined> =>
      (await new IAMClient(cloud.clientConfig(PRIMARY)).send(new GetRoleCommand({ RoleName: await idOf('Role') }))).Role
        ?.PermissionsBoundary?.PermissionsBoundaryArn;
    const waiting = { client: cloudFormation, maxWaitTime: 60, minDelay: 1 };

    await cloudFormation.send(new CreateStackCommand(operation('ruled', boundary)));
    await waitUntilStackCreateComplete(waiting, { StackName: 'ruled' });
    expect(await boundaryNow()).to.equal(boundary);
    const { ServerSideEncryptionConfiguration } = await new S3Client(cloud.clientConfig(PRIMARY)).send(
      new GetBucketEncryptionCommand({ Bucket: await idOf('Bucket') }),
    );
    expect(ServerSideEncryptionConfiguration?.Rules).to.deep.equal([
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
        BucketKeyEnabled: true,
      },
    ]);
    const { Attributes } = await new SNSClient(cloud.clientConfig(PRIMARY)).send(
      new GetTopicAttributesCommand({ TopicArn: await idOf('Topic') }),
    );
    expect(Attributes?.['KmsMasterKeyId']).to.equal(key);

    await cloudFormation.send(new UpdateStackCommand(operation('ruled')));
    await waitUntilStackUpdateComplete(waiting, { StackName: 'ruled' });
    expect(await boundaryNow()).to.equal(undefined);

    await cloudFormation.send(new CreateStackCommand(operation('unruly', `${boundary}-of-nobody`)));
    const failed = await rejection(waitUntilStackCreateComplete(waiting, { StackName: 'unruly' }));
    expect(failed.message).to.include('ROLLBACK');
  });
});
