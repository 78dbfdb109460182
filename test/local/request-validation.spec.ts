import {
  AdminCreateUserCommand,
  AdminUpdateUserAttributesCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CreateLogGroupCommand, CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { StartExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { rejection } from '../support/rejection.ts';

const region = 'us-east-1';

describe('local cloud: request validation against the official service models', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  before(async () => {
    cloud = await startLocalCloud({ iam: false });
  });
  after(async () => {
    await cloud?.stop();
  });

  it('refuses bad Cognito requests', async () => {
    const cognito = new CognitoIdentityProviderClient(cloud.clientConfig(region));
    const UserPoolId = (
      await cognito.send(
        new CreateUserPoolCommand({
          PoolName: 'p',
          AliasAttributes: ['email'],
          Schema: [{ Name: 'rank', AttributeDataType: 'Number', NumberAttributeConstraints: { MaxValue: '9' } }],
        }),
      )
    ).UserPool?.Id;
    const create = (Username: string, attributes: Record<string, string> = {}): Promise<unknown> =>
      cognito.send(
        new AdminCreateUserCommand({
          UserPoolId,
          Username,
          MessageAction: 'SUPPRESS',
          UserAttributes: Object.entries(attributes).map(([Name, Value]) => ({ Name, Value })),
        }),
      );
    await create('ann', { email: 'ann@example.com', 'custom:rank': '9', birthdate: '1999-02-03' });
    const bad: readonly (() => Promise<unknown>)[] = [
      () => create('a b'),
      () => create('x'.repeat(129)),
      () => create('ann@example.com'),
      () => create('b', { 'custom:none': 'x' }),
      () => create('b', { 'custom:rank': '10' }),
      () => create('b', { email: 'nobody' }),
      () => create('b', { phone_number: '5550100' }),
      () => create('b', { birthdate: 'x' }),
      () => create('b', { email_verified: 'maybe' }),
      () => create('b', { name: 'x'.repeat(2_049) }),
      () => cognito.send(new ListUsersCommand({ UserPoolId, Limit: 61 })),
      () => cognito.send(new ListUsersCommand({ UserPoolId: 'nonsense' })),
      () =>
        cognito.send(
          new AdminUpdateUserAttributesCommand({
            UserPoolId,
            Username: 'ann',
            UserAttributes: [{ Name: 'custom:none', Value: 'x' }],
          }),
        ),
    ];
    for (const [index, call] of bad.entries())
      expect(await rejection(call()), String(index)).to.have.property('name', 'InvalidParameterException');
    await create('bob', { email: 'ann@example.com', email_verified: 'true' });
    expect(await rejection(create('carl', { email: 'ann@example.com', email_verified: 'true' }))).to.have.property(
      'name',
      'AliasExistsException',
    );
  });

  it('refuses bad DynamoDB requests', async () => {
    const dynamodb = new DynamoDBClient(cloud.clientConfig(region));
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'Backup',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      }),
    );
    const write = (ids: readonly string[]): Promise<unknown> =>
      dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: { Backup: ids.map((id) => ({ PutRequest: { Item: { id: { S: id } } } })) },
        }),
      );
    await write(['a', 'b']);
    const bad: readonly (() => Promise<unknown>)[] = [
      () => write(Array.from({ length: 26 }, (_, index) => String(index))),
      () => write(['a', 'a']),
      () => write(['']),
      () => write([]),
      () =>
        dynamodb.send(
          new PutItemCommand({ TableName: 'Backup', Item: { id: { S: 'a' }, big: { S: 'x'.repeat(410_000) } } }),
        ),
      () => dynamodb.send(new PutItemCommand({ TableName: 'Backup', Item: { id: { N: '1' } } })),
      () => dynamodb.send(new PutItemCommand({ TableName: 'Backup', Item: { id: { S: 'a' }, set: { SS: [] } } })),
    ];
    for (const [index, call] of bad.entries())
      expect(await rejection(call()), String(index)).to.have.property('name', 'ValidationException');
  });

  it('refuses bad requests of SQS, SNS, SSM, Step Functions and CloudWatch Logs', async () => {
    const sqs = new SQSClient(cloud.clientConfig(region));
    const QueueUrl = (await sqs.send(new CreateQueueCommand({ QueueName: 'q' }))).QueueUrl;
    const entries = (count: number, body = 'x'): { Id: string; MessageBody: string }[] =>
      Array.from({ length: count }, (_, index) => ({ Id: String(index), MessageBody: body }));
    expect(await rejection(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(11) }))))
      .to.have.property('name')
      .that.matches(/TooManyEntries/);
    expect(
      await rejection(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [...entries(1), ...entries(1)] }))),
    )
      .to.have.property('name')
      .that.matches(/IdsNotDistinct/);
    expect(
      await rejection(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: entries(2, 'x'.repeat(600_000)) }))),
    )
      .to.have.property('name')
      .that.matches(/TooLong/);
    expect(await rejection(sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', DelaySeconds: 901 }))))
      .to.have.property('message')
      .that.matches(/DelaySeconds/);

    const sns = new SNSClient(cloud.clientConfig(region));
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 't' }));
    expect(await rejection(sns.send(new PublishCommand({ TopicArn, Subject: 'x'.repeat(100), Message: 'x' }))))
      .to.have.property('message')
      .that.matches(/Subject/);

    const parameter = new SSMClient(cloud.clientConfig(region)).send(
      new PutParameterCommand({ Name: '/a', Type: 'String', Value: 'x'.repeat(4_097) }),
    );
    expect(await rejection(parameter)).to.have.property('name', 'ValidationException');
    const execution = new SFNClient(cloud.clientConfig(region)).send(
      new StartExecutionCommand({ stateMachineArn: 'nonsense', name: 'x'.repeat(81) }),
    );
    expect(await rejection(execution)).to.have.property('name', 'ValidationException');
    const group = new CloudWatchLogsClient(cloud.clientConfig(region)).send(
      new CreateLogGroupCommand({ logGroupName: 'with space' }),
    );
    expect(await rejection(group)).to.have.property('name', 'InvalidParameterException');
  });

  it('refuses members and operations that do not exist, which no SDK sends', async () => {
    const send = async (target: string, body: string): Promise<string> => {
      const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.1' };
      const answer = await fetch(cloud.endpoint, { method: 'POST', headers, body });
      return `${answer.status} ${((await answer.json()) as { __type: string }).__type}`;
    };
    const prefix = 'AWSCognitoIdentityProviderService';
    expect(await send(`${prefix}.ListUserPools`, '{"MaxResults":1,"Maximum":1}')).to.equal(
      '400 InvalidParameterException',
    );
    expect(await send(`${prefix}.ListUserPools`, '{}')).to.equal('400 InvalidParameterException');
    expect(await send(`${prefix}.ListUserPools`, '{"MaxResults":"1"}')).to.equal('400 SerializationException');
    expect(await send(`${prefix}.ListUserPools`, '{"MaxResults":1')).to.equal('400 SerializationException');
    expect(await send(`${prefix}.ImportUsers`, '{}')).to.equal('400 UnknownOperationException');
  });
});
