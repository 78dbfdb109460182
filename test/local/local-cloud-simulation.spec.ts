import { setTimeout as sleep } from 'node:timers/promises';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DescribeUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

const REGION = 'us-east-1';
const OTHER = 'eu-west-1';
const OFF = { quotas: false, latencies: [], faults: [], regionsDown: [], replicationLagMs: 0 } as const;

describe('local cloud: simulation', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let cognito: CognitoIdentityProviderClient;
  let UserPoolId: string | undefined;

  before(async () => {
    cloud = await startLocalCloud();
    // One attempt: the tests look at what the cloud does, not at what the SDK makes of it.
    cognito = new CognitoIdentityProviderClient({ ...cloud.clientConfig(REGION), maxAttempts: 1 });
    UserPoolId = (await cognito.send(new CreateUserPoolCommand({ PoolName: 'pool' }))).UserPool?.Id;
  });
  afterEach(() => cloud.configure(OFF));
  after(() => cloud.stop());

  // The SDK calls a cut connection TimeoutError.
  const outcome = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'done',
      (error: Error) => error.name,
    );

  it('refuses calls above a quota, and logs them', async () => {
    await cloud.configure({ quotas: { UserList: 1 } });
    const outcomes = await Promise.all(
      Array.from({ length: 40 }, () => outcome(cognito.send(new ListUsersCommand({ UserPoolId })))),
    );
    const refused = outcomes.filter((name) => name === 'TooManyRequestsException').length;
    // How many are granted depends on how fast the calls come in: the bucket of one is refilled meanwhile.
    expect(refused).to.be.within(1, 39);
    const logged = await cloud.calls({
      action: 'ListUsers',
      ...(UserPoolId === undefined ? {} : { userPoolId: UserPoolId }),
    });
    expect(logged.filter((call) => call.errorCode === 'TooManyRequestsException')).to.have.length(refused);
  });

  it('makes chosen calls take their time', async () => {
    await cloud.configure({ latencies: [{ service: 'cognito-idp', action: ['ListUsers'], ms: 3_000 }] });
    const order: string[] = [];
    await Promise.all([
      cognito.send(new ListUsersCommand({ UserPoolId })).then(() => order.push('ListUsers')),
      cognito.send(new DescribeUserPoolCommand({ UserPoolId })).then(() => order.push('DescribeUserPool')),
    ]);
    expect(order).to.deep.equal(['DescribeUserPool', 'ListUsers']);
    const [listed] = (await cloud.calls({ action: 'ListUsers' })).slice(-1);
    // A timer may fire a millisecond early.
    expect(listed?.latencyMs).to.be.at.least(2_999);
  });

  it('fails the second call, cuts the connection of the third', async () => {
    await cloud.configure({
      faults: [
        {
          action: 'DescribeUserPool',
          calls: [2],
          fault: { kind: 'error', code: 'InternalErrorException', status: 500 },
        },
        { action: 'DescribeUserPool', calls: [2], fault: { kind: 'reset' } },
      ],
    });
    const outcomes = [];
    for (let call = 0; call < 4; call += 1)
      outcomes.push(await outcome(cognito.send(new DescribeUserPoolCommand({ UserPoolId }))));
    // The second rule does not see the call that the first one failed: its second call is the third of all.
    expect(outcomes).to.deep.equal(['done', 'InternalErrorException', 'TimeoutError', 'done']);
  });

  it('does a part of a batch and reports the rest', async () => {
    const sqs = new SQSClient(cloud.clientConfig(REGION));
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'queue' }));
    expect(QueueUrl).to.contain(cloud.endpoint);
    await cloud.configure({
      faults: [{ action: ['SendMessageBatch', 'BatchWriteItem'], fault: { kind: 'partial', share: 0.5 } }],
    });
    const Entries = ['a', 'b', 'c', 'd'].map((Id) => ({ Id, MessageBody: Id }));
    const sent = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    expect([sent.Successful?.map(({ Id }) => Id), sent.Failed?.map(({ Id }) => Id)]).to.deep.equal([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    expect(Messages.map(({ Body }) => Body).sort()).to.deep.equal(['a', 'b']);

    const table = await createTable('partial');
    const items = ['1', '2'].map((id) => ({ PutRequest: { Item: { id: { S: id } } } }));
    const { UnprocessedItems } = await table.send(new BatchWriteItemCommand({ RequestItems: { partial: items } }));
    expect(UnprocessedItems).to.deep.equal({ partial: [items[1]] });
    expect((await table.send(new ScanCommand({ TableName: 'partial' }))).Count).to.equal(1);
  });

  it('takes a Region away, and lets replication lag', async () => {
    const table = await createTable('global');
    await table.send(
      new UpdateTableCommand({ TableName: 'global', ReplicaUpdates: [{ Create: { RegionName: OTHER } }] }),
    );
    const replica = new DynamoDBClient({ ...cloud.clientConfig(OTHER), maxAttempts: 1 });
    const read = async (id: string): Promise<boolean> =>
      (await replica.send(new GetItemCommand({ TableName: 'global', Key: { id: { S: id } } }))).Item !== undefined;

    await cloud.configure({ regionsDown: [OTHER] });
    expect(await outcome(read('1'))).to.equal('TimeoutError');
    await cloud.configure({ regionsDown: [], replicationLagMs: 5_000 });
    await table.send(new PutItemCommand({ TableName: 'global', Item: { id: { S: '1' } } }));
    expect(await read('1')).to.equal(false);
    // Ends by the test's own timeout when it never arrives.
    while (!(await read('1'))) await sleep(100);
  });

  it('keeps SNS messages with their e-mail subscribers', async () => {
    const sns = new SNSClient(cloud.clientConfig(REGION));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'topic' }));
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'email', Endpoint: 'ops@example.com' }));
    await sns.send(new PublishCommand({ TopicArn, Subject: 'Done', Message: 'All is well' }));
    const [message, ...others] = await cloud.snsMessages();
    expect(others).to.deep.equal([]);
    expect(message).to.include({ topicArn: TopicArn, subject: 'Done', message: 'All is well' });
    expect(message?.subscribers.map(({ protocol, endpoint }) => `${protocol}:${endpoint}`)).to.deep.equal([
      'email:ops@example.com',
    ]);
  });

  it('carries an object of 100 MB', async () => {
    const s3 = new S3Client(cloud.clientConfig(REGION));
    await s3.send(new CreateBucketCommand({ Bucket: 'large' }));
    await s3.send(new PutObjectCommand({ Bucket: 'large', Key: 'object', Body: Buffer.alloc(100_000_000, 'x') }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'large', Key: 'object' }));
    expect((await Body?.transformToByteArray())?.length).to.equal(100_000_000);
  });

  async function createTable(TableName: string): Promise<DynamoDBClient> {
    const client = new DynamoDBClient({ ...cloud.clientConfig(REGION), maxAttempts: 1 });
    await client.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    return client;
  }
});
