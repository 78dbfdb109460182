/** One file, although it is long: its tests follow one pool on one launch, from its first export to its deletion. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudFormationClient, DescribeStackResourcesCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminDisableUserCommand,
  AdminRemoveUserFromGroupCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  DeleteGroupCommand,
  DeleteUserPoolCommand,
  paginateListGroups,
  paginateListUsers,
  paginateListUsersInGroup,
  SetUserPoolMfaConfigCommand,
  UpdateGroupCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  GetFunctionConfigurationCommand,
  LambdaClient,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { GetExecutionHistoryCommand, ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions } from '../../tools/deploy/solution.ts';
import { createStack } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { poolRecoveries } from '../support/local-cloud/recoveries.ts';
import { endOf } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const BUILD = buildFor('my-assets');
const USERS = 300;
const TPS = 25;
const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];

describe('Export on the local cloud, with IAM enforced', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let cognito: CognitoIdentityProviderClient;
  let sfn: SFNClient;
  let poolId: string;
  let launched: StackOutcome;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.05 });
    cognito = new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY));
    sfn = new SFNClient(cloud.clientConfig(PRIMARY));
    const options: SolutionOptions = {
      clientConfig: cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      build: BUILD,
      stackName: 'UserBackup',
    };
    poolId = await createDemoPool(cognito, 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    await publishAssets(options);
    launched = await createStack(
      stackOperation(options, {
        PrimaryUserPoolId: poolId,
        SecondaryRegion: SECONDARY,
        NotificationEmail: 'ops@example.com',
        CognitoTPS: `${TPS}`,
      }),
    );
    expect(launched.status).to.equal('CREATE_COMPLETE');
  });
  after(() => cloud?.stop());

  const workflow = (): string => launched.outputs['ExportWorkflowArn'] ?? '';
  const run = async (input: object = {}): Promise<FinishedExecution> =>
    endOf(sfn, await startExecution(sfn, workflow(), input));

  /** Everything of the pool that belongs into the table, read page by page with the SDK's own paginators. */
  async function poolContent(): Promise<Record<string, unknown>> {
    const content: Record<string, unknown> = {};
    for await (const { Users = [] } of paginateListUsers({ client: cognito }, { UserPoolId: poolId })) {
      for (const { Username, Attributes = [], Enabled, UserStatus, UserCreateDate } of Users) {
        const attributes = Object.fromEntries(Attributes.map(({ Name = '', Value = '' }) => [Name, Value]));
        if (UserStatus !== 'EXTERNAL_PROVIDER')
          content[`USER#${attributes['sub']} PROFILE`] = {
            username: Username,
            attributes,
            enabled: Enabled,
            status: UserStatus,
            created: UserCreateDate?.toISOString(),
          };
      }
    }
    for await (const { Groups = [] } of paginateListGroups({ client: cognito }, { UserPoolId: poolId })) {
      for (const { GroupName = '', Description, Precedence } of Groups) {
        content[`GROUP#${GroupName} GROUP`] = {
          groupName: GroupName,
          description: Description,
          precedence: Precedence,
        };
        for await (const { Users = [] } of paginateListUsersInGroup(
          { client: cognito },
          { UserPoolId: poolId, GroupName },
        )) {
          for (const { UserStatus, Attributes } of Users) {
            const sub = Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
            if (UserStatus !== 'EXTERNAL_PROVIDER')
              content[`USER#${sub} MEMBER_OF#${GroupName}`] = { groupName: GroupName };
          }
        }
      }
    }
    return content;
  }

  /** The same of the table in one Region. */
  async function tableContent(region = PRIMARY): Promise<Record<string, unknown>> {
    const content: Record<string, unknown> = {};
    for (const item of await tableItems(region)) {
      const key = `${item['id'] as string} ${item['type'] as string}`;
      const { username, attributes, enabled, status, created, groupName, description, precedence } = item;
      if (key.endsWith(' PROFILE')) content[key] = { username, attributes, enabled, status, created };
      else if (key.startsWith('GROUP#')) content[key] = { groupName, description, precedence };
      else if (key.startsWith('USER#')) content[key] = { groupName };
    }
    return content;
  }
  async function tableItems(region = PRIMARY): Promise<Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = [];
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig(region)));
    for await (const { Items = [] } of paginateScan(
      { client },
      { TableName: launched.outputs['BackupTableName'], ConsistentRead: true },
    ))
      items.push(...Items);
    return items;
  }
  const resources = async (): Promise<Record<string, string>> => {
    const client = new CloudFormationClient(cloud.clientConfig(PRIMARY));
    const { StackSummaries = [] } = await client.send(
      new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }),
    );
    const StackName = StackSummaries.find((stack) =>
      stack.StackName?.startsWith(`StackSet-${launched.outputs['StackSetName']}`),
    )?.StackName;
    const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
    return Object.fromEntries(
      StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => [
        LogicalResourceId,
        PhysicalResourceId,
      ]),
    );
  };
  const lastCall = async (): Promise<number> => (await cloud.calls()).at(-1)?.sequence ?? 0;
  const writesSince = async (after: number): Promise<number> =>
    (await cloud.calls({ service: 'dynamodb', after })).filter(
      ({ action, caller }) => WRITES.includes(action) && caller !== undefined,
    ).length;

  it('stores every user, group and membership of an odd pool, in both Regions', async () => {
    const first = await endOf(sfn, await firstExecution(sfn, workflow()));
    expect(first).to.include({ status: 'SUCCEEDED' });
    const expected = await poolContent();
    expect(Object.keys(expected).length).to.be.above(USERS);
    expect(await tableContent()).to.deep.equal(expected);
    expect(await tableContent(SECONDARY)).to.deep.equal(expected);
    const { manifest } = first.output as {
      manifest: { counts: Record<string, number>; skipped: Record<string, number> };
    };
    const count = (part: string): number => Object.keys(expected).filter((key) => key.includes(part)).length;
    expect(manifest.counts).to.deep.equal({
      users: count(' PROFILE'),
      groups: count(' GROUP'),
      memberships: count(' MEMBER_OF#'),
    });
    expect(manifest.skipped['federatedUsers']).to.equal(USERS - count(' PROFILE'));
  });

  it('keeps CognitoTPS where the calls arrive', async () => {
    const calls = await cloud.calls({ service: 'cognito-idp' });
    const times = calls
      .filter(({ caller, action }) => caller !== undefined && /^(List|DescribeUserPool)/.test(action))
      .map(({ time }) => time)
      .sort((a, b) => a - b);
    expect(times.length).to.be.above(20);
    // A call that is held up on its way arrives close to the next one, so that single gaps say nothing; most of them do. That
    // the calls leave with the ceiling kept in every second is proven on virtual time.
    const gaps = times
      .slice(5)
      .map((time, n) => time - (times[n] as number))
      .sort((a, b) => a - b);
    expect(gaps[Math.floor(gaps.length / 2)]).to.be.at.least((5 * 1000) / TPS);
  });

  it('writes next to nothing when nothing changed', async () => {
    const start = await lastCall();
    const second = await run();
    expect(second).to.include({ status: 'SUCCEEDED' });
    expect(await writesSince(start)).to.be.within(2, 6);
    expect(second.output)
      .to.have.nested.property('manifest.added')
      .that.deep.equals({ users: 0, groups: 0, memberships: 0 });
  });

  it('stores what changed, and nothing personal in the history of the execution', async () => {
    await cognito.send(new AdminDeleteUserCommand({ UserPoolId: poolId, Username: (await nativeUsers())[3] }));
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username: (await nativeUsers())[5] }));
    await cognito.send(
      new AdminAddUserToGroupCommand({ UserPoolId: poolId, Username: (await nativeUsers())[7], GroupName: 'empty' }),
    );
    await cognito.send(
      new UpdateGroupCommand({
        UserPoolId: poolId,
        GroupName: 'administrators',
        Description: 'Changed',
        Precedence: 3,
      }),
    );
    await cognito.send(
      new AdminRemoveUserFromGroupCommand({
        UserPoolId: poolId,
        Username: (await nativeUsers())[0],
        GroupName: 'everyone',
      }),
    );
    await cognito.send(new DeleteGroupCommand({ UserPoolId: poolId, GroupName: 'break-glass' }));
    const changed = await run();
    expect(changed, changed.cause).to.include({ status: 'SUCCEEDED' });
    expect(await tableContent()).to.deep.equal(await poolContent());
    const { events } = await sfn.send(
      new GetExecutionHistoryCommand({ executionArn: changed.executionArn, maxResults: 1000 }),
    );
    const history = JSON.stringify(events);
    for (const name of await nativeUsers())
      expect(history.includes(JSON.stringify(name).slice(1, -1)), name).to.equal(false);
    expect(history).to.not.match(/@example\.com|\+1555/);
  });

  it("C17: halts while AWS's own recovery puts the pool back, and names it in the message of the next export", async () => {
    await cloud.configure({ recoveries: { restoreMs: 10_000 } });
    const recoveries = poolRecoveries(cloud, PRIMARY, poolId);
    await recoveries.start((await recoveries.initiate()).RestoreId);
    const begun = Date.now();
    expect(await run()).to.include({ status: 'FAILED', error: 'RecoveryRunning' });
    await sleep(begun + 10_000 - Date.now());
    expect(await run()).to.include({ status: 'SUCCEEDED' });
    const [{ message = '' } = {}] = (await cloud.snsMessages()).slice(-1);
    expect(message.replaceAll(/\s+/g, ' ')).to.include('point-in-time recovery has put this user pool back');
  });

  it('halts a second execution while one runs, and the first goes on', async () => {
    // The first has the lease when it asks Cognito, and is kept waiting there until the second has looked.
    await cloud.configure({ latencies: [{ service: 'cognito-idp', action: ['ListUsers'], ms: 5_000 }] });
    const start = await lastCall();
    const first = await startExecution(sfn, workflow(), {});
    while (
      !(await cloud.calls({ service: 'cognito-idp', action: 'DescribeUserPool', after: start })).some(
        ({ caller }) => caller !== undefined,
      )
    )
      await sleep(100);
    const second = await run();
    await cloud.configure({ latencies: [] });
    expect(second).to.include({ status: 'FAILED', error: 'ExecutionAlreadyRunning' });
    expect(await endOf(sfn, first)).to.include({ status: 'SUCCEEDED' });
  });

  it('refuses an unknown key of the input, and names those that are allowed', async () => {
    const refused = await run({ AllowMassDeletes: true });
    expect(refused).to.include({ status: 'FAILED', error: 'InvalidInput' });
    expect(refused.cause)
      .to.include('has an unknown key')
      .and.match(/allowed keys: .*AllowMassDelete/);
  });

  it('halts when MFA is on or optional, without touching the table, and says so by SNS', async () => {
    const content = await tableContent();
    for (const MfaConfiguration of ['ON', 'OPTIONAL'] as const) {
      await cognito.send(
        new SetUserPoolMfaConfigCommand({
          UserPoolId: poolId,
          MfaConfiguration,
          SoftwareTokenMfaConfiguration: { Enabled: true },
        }),
      );
      const before = (await cloud.snsMessages()).length;
      const halted = await run();
      expect(halted).to.include({ status: 'FAILED', error: 'MfaNotSupported' });
      const messages = (await cloud.snsMessages()).slice(before);
      expect(messages.map(({ message }) => message).join('\n')).to.include('multi-factor authentication');
    }
    expect(await tableContent()).to.deep.equal(content);
  });

  it('17.1: backs the pool up where AllowMfa is YES, with its MFA settings in the manifest', async () => {
    const lambda = new LambdaClient(cloud.clientConfig(PRIMARY));
    const { CheckUserPoolConfig: FunctionName } = await resources();
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const allow = (ALLOW_MFA: 'NO' | 'YES') =>
      lambda.send(
        new UpdateFunctionConfigurationCommand({
          FunctionName,
          Environment: { Variables: { ...Environment?.Variables, ALLOW_MFA } },
        }),
      );
    await allow('YES');
    const ended = await run();
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    const items = await tableItems();
    const latest = items.find(({ id }) => id === 'EXPORT#LATEST')?.['runId'] as string;
    const manifest = items.find(({ id, type }) => id === `EXPORT#${latest}` && type === 'MANIFEST');
    expect(manifest?.['poolSettings']).to.deep.include({
      mfaConfiguration: 'OPTIONAL',
      mfa: { factors: ['SOFTWARE_TOKEN_MFA'] },
    });
    await allow('NO');
    await cognito.send(new SetUserPoolMfaConfigCommand({ UserPoolId: poolId, MfaConfiguration: 'OFF' }));
  });

  it('halts when the pool has two username attributes', async () => {
    const { UserPool } = await cognito.send(
      new CreateUserPoolCommand({ PoolName: 'two', UsernameAttributes: ['email', 'phone_number'] }),
    );
    await pointAt(UserPool?.Id ?? '');
    const halted = await run();
    await pointAt(poolId);
    expect(halted).to.include({ status: 'FAILED', error: 'MultipleUsernameAttributes' });
  });

  it('is started by the schedule', async function () {
    // The rule's minute, and an export.
    this.timeout(400_000);
    const { executions: before = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: workflow() }));
    const rule = (await resources())['ExportSchedule'];
    await new EventBridgeClient(cloud.clientConfig(PRIMARY)).send(
      new PutRuleCommand({ Name: rule, ScheduleExpression: 'rate(1 minute)', State: 'ENABLED' }),
    );
    let newest: string | undefined;
    for (const end = Date.now() + 240_000; newest === undefined && Date.now() < end; await sleep(1000)) {
      const { executions = [] } = await sfn.send(new ListExecutionsCommand({ stateMachineArn: workflow() }));
      newest = executions.find(
        ({ executionArn }) => !before.some((old) => old.executionArn === executionArn),
      )?.executionArn;
    }
    await new EventBridgeClient(cloud.clientConfig(PRIMARY)).send(
      new PutRuleCommand({ Name: rule, ScheduleExpression: 'rate(1 day)', State: 'ENABLED' }),
    );
    expect(newest, 'an execution that the rule started').to.not.equal(undefined);
    expect(await endOf(sfn, newest ?? '')).to.include({ status: 'SUCCEEDED' });
  });

  it('keeps the backup when the pool is deleted', async () => {
    const before = await tableContent();
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: poolId }));
    const halted = await run({ AllowMassDelete: true });
    expect(halted).to.include({ status: 'FAILED', error: 'UserPoolNotFound' });
    expect(await tableContent()).to.deep.equal(before);
    expect(await cloud.endUserMessages()).to.deep.equal([]);
  });

  async function nativeUsers(): Promise<string[]> {
    const names: string[] = [];
    for await (const { Users = [] } of paginateListUsers({ client: cognito }, { UserPoolId: poolId })) {
      for (const { Username = '', UserStatus } of Users) if (UserStatus !== 'EXTERNAL_PROVIDER') names.push(Username);
    }
    return names;
  }

  /** Makes CheckUserPoolConfig look at another pool: no launch accepts such a pool, but a pool may be replaced by hand. */
  async function pointAt(id: string): Promise<void> {
    const { CheckUserPoolConfig: FunctionName, CheckUserPoolConfigRole: RoleName } = await resources();
    const lambda = new LambdaClient(cloud.clientConfig(PRIMARY));
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    await lambda.send(
      new UpdateFunctionConfigurationCommand({
        FunctionName,
        Environment: { Variables: { ...Environment?.Variables, PRIMARY_USER_POOL_ID: id } },
      }),
    );
    const allow = {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: 'cognito-idp:DescribeUserPool', Resource: '*' }],
    };
    await new IAMClient(cloud.clientConfig(PRIMARY)).send(
      new PutRolePolicyCommand({ RoleName, PolicyName: 'AnyPool', PolicyDocument: JSON.stringify(allow) }),
    );
  }
});
