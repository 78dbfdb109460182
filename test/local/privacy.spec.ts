/** One file, although it is long: its tests search what all before have left of one launch, on one local cloud. */
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminLinkProviderForUserCommand,
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateIdentityProviderCommand,
  CreateUserPoolClientCommand,
  CreateUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import {
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { ListTopicsCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions } from '../../tools/deploy/solution.ts';
import { createStack, failuresOf } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { FaultRule, LocalCloud } from '../../tools/local-cloud/index.ts';
import { endOf } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';
import { setMfa } from '../../tools/demo/mfa/pool-mfa.ts';
import {
  canariesOf,
  canaryIdentity,
  canarySecret,
  canaryUser,
  CANARY_GROUPS,
  CANARY_PROVIDER,
} from '../support/privacy/canaries.ts';
import type { CanaryUser } from '../support/privacy/canaries.ts';
import { collectRegion } from '../support/privacy/collect.ts';
import { collectStored } from '../support/privacy/collect-stored.ts';
import { findingsText, Search } from '../support/privacy/search.ts';
import type { Canary, Place } from '../support/privacy/search.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const BUILD = buildFor('privacy-assets');
const POOL: Partial<CreateUserPoolCommandInput> = {
  AutoVerifiedAttributes: ['email'],
  UsernameConfiguration: { CaseSensitive: true },
  Schema: ['badge', 'note'].map((Name) => ({
    Name,
    AttributeDataType: 'String' as const,
    Mutable: true,
    StringAttributeConstraints: { MinLength: '0', MaxLength: '2048' },
  })),
};
const KINDS = [
  ...Array.from({ length: 20 }, () => 'csv' as const),
  'one by one',
  'one by one',
  'disabled',
  'unconfirmed',
  'federated',
  'unverified',
] as const;

describe("Nobody's data outside the table and the encrypted objects, on the local cloud", function () {
  this.timeout(900_000);
  let cloud: LocalCloud;
  let metrics: Server;
  const posted: Place[] = [];
  const users: CanaryUser[] = KINDS.map((kind) => canaryUser(kind));
  let canaries: Canary[] = [];
  /** Of the clients and providers of all pools. */
  const secrets: Canary[] = [];
  let launched: StackOutcome;
  const ownInput = new Set<string>();

  const cognito = (region: string): CognitoIdentityProviderClient =>
    new CognitoIdentityProviderClient(cloud.clientConfig(region));
  const createPool = async (region: string, over: Partial<CreateUserPoolCommandInput> = {}): Promise<string> =>
    (await cognito(region).send(new CreateUserPoolCommand({ PoolName: 'customers', ...POOL, ...over }))).UserPool?.Id ??
    '';
  /** MFA is optional, and people of an identity provider sign in, too. */
  const openToProviders = async (region: string, UserPoolId: string): Promise<string> => {
    const client = cognito(region);
    await setMfa(client, UserPoolId, { required: false, sms: false, app: true });
    const secret = canarySecret();
    await client.send(
      new CreateIdentityProviderCommand({
        UserPoolId,
        ProviderName: CANARY_PROVIDER,
        ProviderType: 'Google',
        ProviderDetails: { client_id: 'app', client_secret: secret, authorize_scopes: 'openid email' },
        AttributeMapping: { email: 'email', name: 'name' },
      }),
    );
    const made = await client.send(
      new CreateUserPoolClientCommand({ UserPoolId, ClientName: 'web', GenerateSecret: true }),
    );
    secrets.push(
      { kind: 'secret of a provider', text: secret },
      { kind: 'secret of a client', text: made.UserPoolClient?.ClientSecret ?? '' },
    );
    return UserPoolId;
  };
  const subsOf = async (region: string, poolId: string): Promise<Canary[]> => {
    const { Users = [] } = await cognito(region).send(new ListUsersCommand({ UserPoolId: poolId }));
    return Users.map(({ Attributes }) => ({
      kind: 'sub',
      text: Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '',
    }));
  };

  const run = async (region: string, output: string, input: object): Promise<FinishedExecution> => {
    const sfn = new SFNClient(cloud.clientConfig(region));
    return endOf(sfn, await startExecution(sfn, launched.outputs[output] ?? '', input), { patienceMs: 200_000 });
  };
  const exportAgain = (input: object = {}): Promise<FinishedExecution> => run(PRIMARY, 'ExportWorkflowArn', input);
  const restore = (region: string, input: object): Promise<FinishedExecution> =>
    run(region, region === PRIMARY ? 'PrimaryImportWorkflowArn' : 'SecondaryImportWorkflowArn', input);
  /** While `faults` strike; calls of this test itself are left alone. */
  const struckBy = async (
    faults: readonly FaultRule[],
    work: () => Promise<FinishedExecution>,
  ): Promise<FinishedExecution> => {
    await cloud.configure({ faults });
    const ended = await work();
    expect(
      (await cloud.faultStrikes()).some(({ strikes }) => strikes > 0),
      JSON.stringify(faults[0]),
    ).to.equal(true);
    await cloud.configure({ faults: [] });
    return ended;
  };

  async function places(): Promise<Place[]> {
    return [
      ...(await collectRegion(cloud, PRIMARY, ownInput)),
      ...(await collectRegion(cloud, SECONDARY, ownInput)),
      ...posted,
    ];
  }
  async function expectSilent(): Promise<Place[]> {
    const found = await places();
    expect(findingsText(new Search(canaries).in(found))).to.equal('');
    return found;
  }

  before(async () => {
    metrics = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => {
        body += piece.toString('utf8');
      });
      request.on('end', () => {
        posted.push({ where: 'metrics event', text: `${JSON.stringify(request.headers)}\n${body}` });
        response.end('{}');
      });
    });
    await new Promise<void>((listening) => {
      metrics.listen(0, '127.0.0.1', listening);
    });
    cloud = await startLocalCloud({ waitScale: 0.02 });
    const source = await openToProviders(PRIMARY, await createPool(PRIMARY));
    for (const { name, description, precedence } of CANARY_GROUPS) {
      await cognito(PRIMARY).send(
        new CreateGroupCommand({
          UserPoolId: source,
          GroupName: name,
          Description: description,
          Precedence: precedence,
        }),
      );
    }
    await cloud.putUsers(PRIMARY, source, users);
    const linked = canaryIdentity();
    await cognito(PRIMARY).send(
      new AdminLinkProviderForUserCommand({
        UserPoolId: source,
        DestinationUser: { ProviderName: 'Cognito', ProviderAttributeValue: users[0]?.username ?? '' },
        SourceUser: {
          ProviderName: CANARY_PROVIDER,
          ProviderAttributeName: 'Cognito_Subject',
          ProviderAttributeValue: linked,
        },
      }),
    );
    canaries = [
      ...canariesOf(users).filter(({ kind }) => kind !== 'sub'),
      ...(await subsOf(PRIMARY, source)),
      { kind: 'id at a provider', text: linked },
      ...secrets,
    ];
    const options: SolutionOptions = {
      clientConfig: cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      build: BUILD,
      stackName: 'UserBackup',
    };
    await publishAssets(options);
    launched = await createStack(
      stackOperation(options, {
        PrimaryUserPoolId: source,
        SecondaryRegion: SECONDARY,
        NotificationEmail: 'ops@example.com',
        CognitoTPS: '25',
        AllowMfa: 'YES',
        FederatedUsers: 'PRELINK',
      }),
    );
    expect(launched.status, failuresOf(launched).join('\n')).to.equal('CREATE_COMPLETE');
    const sfn = new SFNClient(cloud.clientConfig(PRIMARY));
    expect(await endOf(sfn, await firstExecution(sfn, launched.outputs['ExportWorkflowArn'] ?? ''))).to.include({
      status: 'SUCCEEDED',
    });
    for (const region of [PRIMARY, SECONDARY]) await sendMetricsHere(region);
  });
  after(async () => {
    metrics?.close();
    await cloud?.stop();
  });

  /** No endpoint is set by default; here the functions get one, so that what they would send can be read. */
  async function sendMetricsHere(region: string): Promise<void> {
    const lambda = new LambdaClient(cloud.clientConfig(region));
    const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
    for (const { FunctionName } of Functions) {
      const { Environment: { Variables = {} } = {} } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      if (Variables['SEND_ANONYMOUS_DATA'] === undefined) continue;
      const METRICS_ENDPOINT = `http://127.0.0.1:${(metrics.address() as AddressInfo).port}/`;
      await lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName,
          Environment: { Variables: { ...Variables, METRICS_ENDPOINT, SEND_ANONYMOUS_DATA: 'Yes' } },
        }),
      );
    }
  }

  it('after exports, a dry run, restores with losses, and verifications', async () => {
    expect(await exportAgain()).to.include({ status: 'SUCCEEDED' });
    const dry = await createPool(SECONDARY);
    expect(await restore(SECONDARY, { NewUserPoolId: dry, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    await cloud.configure({
      importJobs: { firstLineNumber: 1, dropEveryNthLogLine: 5, endEarly: { afterRows: 9, as: 'Failed', jobs: 1 } },
    });
    const restored = await openToProviders(SECONDARY, await createPool(SECONDARY));
    canaries.push(...secrets);
    expect(await restore(SECONDARY, { NewUserPoolId: restored })).to.include({ status: 'SUCCEEDED' });
    expect(await restore(SECONDARY, { NewUserPoolId: restored })).to.include({ error: 'AlreadyRestored' });
    await cloud.configure({ importJobs: {} });
    const news = await subsOf(SECONDARY, restored);
    expect(news).to.have.length.above(20);
    canaries.push(...news);
    const bare = await createPool(PRIMARY, { Schema: [{ Name: 'other', AttributeDataType: 'String' }] });
    expect(await restore(PRIMARY, { NewUserPoolId: bare })).to.include({ error: 'PreflightFailed' });
    const triggers = await createPool(PRIMARY, {
      LambdaConfig: { PreSignUp: `arn:aws:lambda:${PRIMARY}:111122223333:function:welcome` },
    });
    expect(await restore(PRIMARY, { NewUserPoolId: triggers })).to.include({ error: 'RestoreIncomplete' });
    canaries.push(...(await subsOf(PRIMARY, triggers)));
    for (const [output, input] of [
      ['PrimaryVerifyWorkflowArn', {}],
      ['SecondaryVerifyWorkflowArn', {}],
      ['SecondaryVerifyWorkflowArn', { UserPoolId: restored }],
      ['SecondaryVerifyWorkflowArn', { UserPoolId: dry }],
    ] as const) {
      expect((await run(output.startsWith('Primary') ? PRIMARY : SECONDARY, output, input)).status, output).to.be.oneOf(
        ['SUCCEEDED', 'FAILED'],
      );
    }
    await expectSilent();
  });

  it('17.5: secrets of clients and identity providers are nowhere, neither in the table nor in any object', async () => {
    const table = launched.outputs['BackupTableName'] ?? '';
    const stored = [
      ...(await collectStored(cloud, PRIMARY, { table, buckets: [launched.outputs['PrimaryBucketName'] ?? ''] })),
      ...(await collectStored(cloud, SECONDARY, { table, buckets: [launched.outputs['SecondaryBucketName'] ?? ''] })),
    ];
    expect(secrets).to.have.length(4);
    expect(findingsText(new Search(secrets).in(stored))).to.equal('');
    // What stands beside them is there, in both: the settings were kept, and they were looked into.
    for (const kind of ['item', 'content'])
      expect(
        new Search([{ kind: 'scopes', text: 'openid email' }]).in(stored).some(({ where }) => where.startsWith(kind)),
        kind,
      ).to.equal(true);
  });

  it('tags what a closed restore and a reported dry run leave, so that it expires', async () => {
    const s3 = new S3Client(cloud.clientConfig(SECONDARY));
    const Bucket = launched.outputs['SecondaryBucketName'] ?? '';
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'restores/' }));
    const tagged = await collectRegion(cloud, SECONDARY, ownInput);
    const names = tagged.filter(
      ({ where, text }) => where.startsWith(`object in ${Bucket} `) && text.includes('"restores/'),
    );
    expect(names).to.have.length(Contents.length).and.have.length.above(20);
    // The head says that the restore is closed; the permit to call Cognito is of no restore, and names an execution only.
    for (const { text } of names)
      expect(text.includes('"Key":"restore","Value":"closed"'), text).to.equal(
        !/\/(?:current|cognito-calls)\.json/.test(text),
      );
    expect(
      (await s3.send(new ListObjectVersionsCommand({ Bucket, Prefix: 'restores/', MaxKeys: 1 }))).Versions,
    ).to.have.length(1);
  });

  it('after executions that fail because services answer with errors that quote a user', async () => {
    const [
      {
        username,
        attributes: { email = '' },
      },
    ] = users as [CanaryUser];
    const quoting = (service: string, action: string, code: string, status = 400): FaultRule => ({
      service,
      action,
      fault: {
        kind: 'error',
        code,
        status,
        message: `User ${username} <${email}> at https://x.example/?X-Amz-Signature=0123`,
      },
    });
    // In the order of the workflow: a start goes on where the one before stopped.
    for (const rule of [
      quoting('cognito-idp', 'DescribeUserPool', 'NotAuthorizedException'),
      quoting('cognito-idp', 'ListUsers', 'ValidationException'),
      quoting('dynamodb', 'BatchGetItem', 'InternalServerError', 500),
      quoting('cognito-idp', 'ListGroups', 'UnknownOperationException'),
      quoting('cognito-idp', 'ListUsersInGroup', 'UnexpectedLambdaException'),
      quoting('dynamodb', 'Scan', 'ValidationException'),
      quoting('s3', 'GetObject', 'InvalidRequest'),
    ])
      expect((await struckBy([rule], () => exportAgain())).status, JSON.stringify(rule.action)).to.equal('FAILED');
    expect(await exportAgain()).to.include({ status: 'SUCCEEDED' });
    for (const rule of [
      quoting('cognito-idp', 'CreateUserImportJob', 'InvalidParameterException'),
      quoting('cognito-idp', 'AdminCreateUser', 'UserLambdaValidationException'),
      quoting('cognito-idp', 'AdminAddUserToGroup', 'InvalidParameterException'),
    ]) {
      const poolId = await createPool(PRIMARY);
      expect(
        (await struckBy([rule], () => restore(PRIMARY, { NewUserPoolId: poolId }))).status,
        JSON.stringify(rule.action),
      ).to.equal('FAILED');
      canaries.push(...(await subsOf(PRIMARY, poolId)));
    }
    const killed = await createPool(PRIMARY);
    await struckBy(
      [{ service: 'cognito-idp', action: 'AdminAddUserToGroup', calls: [2], fault: { kind: 'kill', when: 'after' } }],
      () => restore(PRIMARY, { NewUserPoolId: killed }),
    );
    canaries.push(...(await subsOf(PRIMARY, killed)));
    await expectSilent();
  });

  it("after executions whose input somebody filled with a user's data", async () => {
    const [
      {
        username,
        attributes: { email = '', phone_number: phone = '' },
      },
    ] = users as [CanaryUser];
    for (const word of [username, email, phone]) {
      for (const input of [
        { NewUserPoolId: word },
        { [word]: true },
        { DryRun: word },
        { CognitoTPS: Number(phone) },
        { ExportRun: word },
      ]) {
        const ended = await restore(SECONDARY, input);
        ownInput.add(ended.executionArn);
        expect(ended.error).to.be.oneOf(['InvalidInput', 'InvalidNewUserPoolId']);
      }
      const ended = await exportAgain({ AllowMassDelete: word, [word]: word });
      ownInput.add(ended.executionArn);
      expect(ended.error).to.equal('InvalidInput');
    }
    const found = await expectSilent();
    const kinds = [
      'log group',
      'execution of',
      'error of',
      'history of',
      'queue',
      'dead-letter queue',
      'stack events of',
      'stack ',
      'operations of the stack set',
      'SSM parameter',
      'EventBridge rule',
      'function',
      'object in',
      'SNS message',
      'metrics event',
    ];
    for (const kind of kinds)
      expect(
        found.some(({ where, text }) => where.startsWith(kind) && text.length > 2),
        kind,
      ).to.equal(true);
    expect(found.filter(({ where }) => where.startsWith('metrics event')).length).to.be.above(5);
  });

  it('is found wherever it is put', async () => {
    const { username } = canaryUser();
    const config = cloud.clientConfig(PRIMARY);
    const logs = new CloudWatchLogsClient(config);
    const group = { logGroupName: 'planted', logStreamName: 'stream' };
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'planted' }));
    await logs.send(new CreateLogStreamCommand(group));
    await logs.send(
      new PutLogEventsCommand({ ...group, logEvents: [{ timestamp: Date.now(), message: `User ${username}` }] }),
    );
    const sqs = new SQSClient({ ...config, useQueueUrlAsEndpoint: false });
    for (const QueueUrl of (await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? [])
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `{"key":"${username}"}` }));
    await new SSMClient(config).send(
      new PutParameterCommand({
        Name: '/planted',
        Type: 'String',
        Value: Buffer.from(`x ${username}`).toString('base64'),
      }),
    );
    const s3 = new S3Client(config);
    const Bucket = launched.outputs['PrimaryBucketName'] ?? '';
    await s3.send(new PutObjectCommand({ Bucket, Key: `restores/${username}`, Body: '' }));
    await s3.send(new PutObjectCommand({ Bucket, Key: 'planted', Body: '' }));
    await s3.send(
      new PutObjectTaggingCommand({ Bucket, Key: 'planted', Tagging: { TagSet: [{ Key: 'user', Value: username }] } }),
    );
    const sns = new SNSClient(config);
    const [topic] = (await sns.send(new ListTopicsCommand({}))).Topics ?? [];
    await sns.send(
      new PublishCommand({ TopicArn: topic?.TopicArn, Subject: 's', Message: `... ${encodeURIComponent(username)}` }),
    );
    await exportAgain({ Comment: username });
    const found = new Search([{ kind: 'username', text: username }])
      .in(await collectRegion(cloud, PRIMARY, ownInput))
      .map(({ where }) => where);
    for (const kind of [
      'log group planted',
      'queue ',
      'dead-letter queue ',
      'SSM parameter /planted',
      `object in ${Bucket}`,
      'SNS message "s"',
      'execution of ExportWorkflow',
      'history of ExportWorkflow',
    ]) {
      expect(
        found.some((where) => where.startsWith(kind)),
        `${kind} in ${found.join('; ')}`,
      ).to.equal(true);
    }
    expect(found.filter((where) => where.startsWith(`object in ${Bucket}`))).to.have.length(2);
  });
});
