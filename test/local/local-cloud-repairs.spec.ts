import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  CreateStackSetCommand,
  DescribeStackResourcesCommand,
  DescribeStackSetCommand,
  ValidateTemplateCommand,
  waitUntilStackCreateComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient, TagResourceCommand } from '@aws-sdk/client-dynamodb';
import {
  AttachUserPolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreateUserCommand,
  IAMClient,
} from '@aws-sdk/client-iam';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, DeleteMessageBatchCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

const REGION = 'us-east-1';

/** Each of these fails without its repair in tools/local-cloud/ministack/repairs. */
describe('local cloud: state machines and functions behave as on AWS', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let machines: Map<string, string>;
  let states: SFNClient;

  before(async () => {
    cloud = await startLocalCloud();
    states = new SFNClient(cloud.clientConfig(REGION));
    const cloudFormation = new CloudFormationClient(cloud.clientConfig(REGION));
    const template = readFileSync(join(import.meta.dirname, '..', 'support', 'local-cloud', 'machine.yaml'), 'utf8');
    await cloudFormation.send(
      new CreateStackCommand({ StackName: 'machines', TemplateBody: template, Capabilities: ['CAPABILITY_IAM'] }),
    );
    await waitUntilStackCreateComplete(
      { client: cloudFormation, maxWaitTime: 300, minDelay: 1 },
      { StackName: 'machines' },
    );
    const { StackResources = [] } = await cloudFormation.send(
      new DescribeStackResourcesCommand({ StackName: 'machines' }),
    );
    machines = new Map(
      StackResources.map((resource) => [resource.LogicalResourceId ?? '', resource.PhysicalResourceId ?? '']),
    );
  });
  after(() => cloud.stop());

  const run = async (machine: string, input: object): Promise<DescribeExecutionOutput> => {
    const { executionArn } = await states.send(
      new StartExecutionCommand({ stateMachineArn: machines.get(machine), input: JSON.stringify(input) }),
    );
    for (;;) {
      const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
      if (execution.status !== 'RUNNING') return execution;
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
  };
  const outputOf = async (input: object): Promise<unknown> =>
    JSON.parse((await run('CatchByName', input)).output ?? 'null');

  it('catches an error by its name', async () => {
    expect(await outputOf({ name: 'PoolNotEmpty' })).to.equal('by name');
  });

  it('passes on other names, and the whole context object', async () => {
    const output = (await outputOf({ name: 'SomethingElse' })) as {
      error: string;
      context: { Execution: { Id: string } };
    };
    expect(output.error).to.equal('SomethingElse');
    expect(output.context.Execution.Id).to.contain(':execution:');
  });

  it('calls a dead process Runtime.ExitError', async () => {
    expect(await outputOf({ exit: true })).to.include({ error: 'Runtime.ExitError' });
  });

  it('fails above 256 KiB, which States.ALL does not catch', async () => {
    expect(await outputOf({ size: 200_000 })).to.equal('fine');
    const execution = await run('CatchByName', { size: 262_200 });
    expect(execution).to.include({ status: 'FAILED', error: 'States.DataLimitExceeded' });
  });

  it('times out a machine', async () => {
    expect((await run('TooSlow', {})).status).to.equal('TIMED_OUT');
  });

  it('17.7: asks for CAPABILITY_IAM alone where a template has policies of their own', async () => {
    const Properties = { PolicyName: 'Copy', Roles: ['r'], PolicyDocument: {} };
    const { Capabilities } = await new CloudFormationClient(cloud.clientConfig(REGION)).send(
      new ValidateTemplateCommand({
        TemplateBody: JSON.stringify({ Resources: { Copy: { Type: 'AWS::IAM::Policy', Properties } } }),
      }),
    );
    expect(Capabilities).to.deep.equal(['CAPABILITY_IAM']);
  });

  it('authorises batches as the single call, StackSets by their name and tables by their ARN', async () => {
    const iam = new IAMClient(cloud.clientConfig(REGION));
    const arn = (service: string, resource: string): string =>
      `arn:aws:${service}:${REGION}:${cloud.account}:${resource}`;
    const Statement = [
      { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arn('sqs', 'queue') },
      {
        Effect: 'Allow',
        Action: 'cloudformation:DescribeStackSet',
        Resource: arn('cloudformation', 'stackset/mine:*'),
      },
      { Effect: 'Allow', Action: 'cloudformation:CreateStackSet', Resource: '*' },
      { Effect: 'Allow', Action: 'dynamodb:TagResource', Resource: arn('dynamodb', 'table/mine') },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: `arn:aws:iam::${cloud.account}:role/mine` },
    ];
    await iam.send(new CreateUserCommand({ UserName: 'limited' }));
    const { Policy } = await iam.send(
      new CreatePolicyCommand({
        PolicyName: 'limited',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
    await iam.send(new AttachUserPolicyCommand({ UserName: 'limited', PolicyArn: Policy?.Arn }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'limited' }));
    const config = {
      ...cloud.clientConfig(REGION),
      maxAttempts: 1,
      credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
    };
    const outcome = (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'done',
        (error: Error) => error.name,
      );

    const { QueueUrl } = await new SQSClient(cloud.clientConfig(REGION)).send(
      new CreateQueueCommand({ QueueName: 'queue' }),
    );
    const sqs = new SQSClient(config);
    expect(
      await outcome(sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', MessageBody: 'a' }] }))),
    ).to.equal('done');
    expect(
      await outcome(sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: [{ Id: 'a', ReceiptHandle: 'a' }] }))),
    ).to.match(/AccessDenied/);

    for (const TableName of ['mine', 'other'])
      await new DynamoDBClient(cloud.clientConfig(REGION)).send(
        new CreateTableCommand({
          TableName,
          BillingMode: 'PAY_PER_REQUEST',
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        }),
      );
    const tag = (table: string): Promise<string> =>
      outcome(
        new DynamoDBClient(config).send(
          new TagResourceCommand({ ResourceArn: arn('dynamodb', `table/${table}`), Tags: [{ Key: 'a', Value: 'b' }] }),
        ),
      );
    expect(await tag('mine')).to.equal('done');
    expect(await tag('other')).to.match(/AccessDenied/);

    const cloudFormation = new CloudFormationClient(config);
    const create = (StackSetName: string, role: string): Promise<string> =>
      outcome(
        cloudFormation.send(
          new CreateStackSetCommand({
            StackSetName,
            TemplateBody: 'Resources: {T: {Type: "AWS::SNS::Topic"}}',
            AdministrationRoleARN: `arn:aws:iam::${cloud.account}:role/${role}`,
          }),
        ),
      );
    expect(await create('mine', 'mine')).to.equal('done');
    expect(await create('other', 'other'), 'the role may not be passed').to.match(/AccessDenied/);
    expect(await outcome(cloudFormation.send(new DescribeStackSetCommand({ StackSetName: 'mine' })))).to.equal('done');
    expect(await outcome(cloudFormation.send(new DescribeStackSetCommand({ StackSetName: 'other' })))).to.match(
      /AccessDenied/,
    );
  });
});
