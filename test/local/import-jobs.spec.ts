/** One file, although it is long: its tests share one local cloud, and every file more would start another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand, GetLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserImportJobCommand,
  CreateUserPoolCommand,
  DeleteUserPoolCommand,
  DescribeUserImportJobCommand,
  GetCSVHeaderCommand,
  ListUserImportJobsCommand,
  ListUsersCommand,
  StartUserImportJobCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type {
  CreateUserPoolCommandInput,
  UserImportJobType,
  UserType,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import { expect } from 'chai';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { rejection } from '../support/rejection.ts';

const region = 'eu-west-1';
const logActions = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:DescribeLogStreams', 'logs:PutLogEvents'];

describe('local cloud: Cognito import jobs', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let cognito: CognitoIdentityProviderClient;
  let roleArn: string;

  before(async () => {
    cloud = await startLocalCloud();
    cognito = new CognitoIdentityProviderClient(cloud.clientConfig(region));
    roleArn = await createRole(
      'import-log',
      'cognito-idp.amazonaws.com',
      logActions,
      `arn:aws:logs:${region}:${cloud.account}:log-group:/aws/cognito/*`,
    );
  });
  after(async () => {
    await cloud?.stop();
  });

  async function createRole(
    name: string,
    service: string,
    actions: readonly string[],
    resource: string,
  ): Promise<string> {
    const iam = new IAMClient(cloud.clientConfig(region));
    const trust = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: service, AWS: `arn:aws:iam::${cloud.account}:root` },
          Action: 'sts:AssumeRole',
        },
      ],
    };
    const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: actions, Resource: resource }] };
    const { Role } = await iam.send(
      new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }),
    );
    await iam.send(
      new PutRolePolicyCommand({ RoleName: name, PolicyName: 'all', PolicyDocument: JSON.stringify(policy) }),
    );
    return Role?.Arn ?? '';
  }

  async function createPool(options: Partial<CreateUserPoolCommandInput> = {}): Promise<string> {
    const created = await cognito.send(
      new CreateUserPoolCommand({ PoolName: 'restored', AutoVerifiedAttributes: ['email'], ...options }),
    );
    return created.UserPool?.Id ?? '';
  }

  async function run(
    UserPoolId: string,
    rows: readonly Record<string, string>[],
    role = roleArn,
  ): Promise<UserImportJobType> {
    const { CSVHeader = [] } = await cognito.send(new GetCSVHeaderCommand({ UserPoolId }));
    const csv = [
      CSVHeader.join(','),
      ...rows.map((cells) => CSVHeader.map((column) => cells[column] ?? '').join(',')),
    ].join('\n');
    const { UserImportJob: created } = await cognito.send(
      new CreateUserImportJobCommand({ UserPoolId, JobName: 'restore-1', CloudWatchLogsRoleArn: role }),
    );
    const uploaded = await fetch(created?.PreSignedUrl ?? '', {
      method: 'PUT',
      body: csv,
      headers: { 'x-amz-server-side-encryption': 'aws:kms' },
    });
    expect(uploaded.status).to.equal(200);
    await cognito.send(new StartUserImportJobCommand({ UserPoolId, JobId: created?.JobId }));
    for (;;) {
      const { UserImportJob: job } = await cognito.send(
        new DescribeUserImportJobCommand({ UserPoolId, JobId: created?.JobId }),
      );
      if (job !== undefined && !['Pending', 'InProgress', 'Stopping'].includes(job.Status ?? '')) return job;
      await sleep(100);
    }
  }

  async function usersOf(UserPoolId: string): Promise<UserType[]> {
    const users: UserType[] = [];
    let PaginationToken: string | undefined;
    do {
      const page = await cognito.send(new ListUsersCommand({ UserPoolId, PaginationToken }));
      users.push(...(page.Users ?? []));
      PaginationToken = page.PaginationToken;
    } while (PaginationToken !== undefined);
    return users;
  }

  async function logLines(pool: string, job: UserImportJobType): Promise<(string | undefined)[]> {
    const logs = new CloudWatchLogsClient(cloud.clientConfig(region));
    const lines: (string | undefined)[] = [];
    for (let nextToken: string | undefined; ;) {
      const page = await logs.send(
        new GetLogEventsCommand({
          logGroupName: `/aws/cognito/userpools/${pool}/restored`,
          logStreamName: `${job.JobId ?? ''}/${job.JobName ?? ''}`,
          startFromHead: true,
          limit: 4_000,
          nextToken,
        }),
      );
      if (page.nextForwardToken === nextToken) return lines;
      lines.push(...(page.events ?? []).map((event) => event.message));
      nextToken = page.nextForwardToken;
    }
  }

  const good = (name: string): Record<string, string> => ({
    'cognito:username': name,
    email: `${name}@example.com`,
    email_verified: 'true',
  });
  const valueOf = (user: UserType | undefined, name: string): string | undefined =>
    user?.Attributes?.find((attribute) => attribute.Name === name)?.Value;

  async function newestJob(UserPoolId: string): Promise<UserImportJobType | undefined> {
    return (await cognito.send(new ListUserImportJobsCommand({ UserPoolId, MaxResults: 1 }))).UserImportJobs?.[0];
  }
  /** Waits until the pool's job is at work, or past it. */
  async function untilAtWork(pool: string): Promise<void> {
    while ([undefined, 'Created', 'Pending'].includes((await newestJob(pool))?.Status)) await sleep(20);
  }

  it('imports 10,000 users, answering other requests meanwhile', async () => {
    const pool = await createPool();
    const job = run(
      pool,
      Array.from({ length: 10_000 }, (_, index) => good(`user${index}`)),
    );
    await untilAtWork(pool);
    await cognito.send(new ListUsersCommand({ UserPoolId: pool, Limit: 1 }));
    expect(await newestJob(pool)).to.include({ Status: 'InProgress' });
    const ended = await job;
    expect(ended).to.include({ Status: 'Succeeded', ImportedUsers: 10_000, FailedUsers: 0, SkippedUsers: 0 });
    expect(new Set((await usersOf(pool)).map((user) => user.Username)).size).to.equal(10_000);
    expect(await logLines(pool, ended)).to.deep.equal(
      Array.from({ length: 10_000 }, (_, index) => `[SUCCEEDED] Line Number ${index + 1} - The import succeeded.`),
    );
  });

  it('keeps attributes as parsed, gives a new sub, RESET_REQUIRED, and logs each row', async () => {
    const pool = await createPool({ Schema: [{ Name: 'team', AttributeDataType: 'String', Mutable: true }] });
    await cognito.send(new AdminCreateUserCommand({ UserPoolId: pool, Username: 'taken', MessageAction: 'SUPPRESS' }));
    const rows = [
      { ...good('ann'), name: 'Ünal \\, "Ann"', 'custom:team': 'a\\b', birthdate: '02/03/1999' },
      { ...good('bob'), email_verified: 'false' },
      good('taken'),
    ];
    const job = await run(pool, rows);
    expect(job).to.include({ Status: 'Succeeded', ImportedUsers: 1, FailedUsers: 1, SkippedUsers: 1 });
    const ann = (await usersOf(pool)).find((user) => user.Username === 'ann');
    expect(ann).to.include({ UserStatus: 'RESET_REQUIRED', Enabled: true });
    expect(valueOf(ann, 'name')).to.equal('Ünal , "Ann"');
    expect(valueOf(ann, 'custom:team')).to.equal('a\\b');
    expect(valueOf(ann, 'birthdate')).to.equal('1999-02-03');
    expect(valueOf(ann, 'sub')).to.match(/^[0-9a-f-]{36}$/);

    const logs = new CloudWatchLogsClient(cloud.clientConfig(region));
    const found = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: `/aws/cognito/userpools/${pool}/restored`,
        logStreamNames: [`${job.JobId ?? ''}/restore-1`],
      }),
    );
    expect(found.events?.map((event) => event.message?.replace(/ - .*/, ''))).to.deep.equal([
      '[SUCCEEDED] Line Number 1',
      '[FAILED] Line Number 2',
      '[SKIPPED] Line Number 3',
    ]);
    expect(await cloud.endUserMessages()).to.deep.equal([]);
  });

  it('makes the sub the user name where e-mail is the user name, and skips an address that is there', async () => {
    const pool = await createPool({ UsernameAttributes: ['email'] });
    const row = { ...good('ann'), 'cognito:username': 'ann@example.com' };
    expect(await run(pool, [row, row])).to.include({ ImportedUsers: 1, SkippedUsers: 1 });
    const [ann] = await usersOf(pool);
    expect(ann?.Username).to.equal(valueOf(ann, 'sub'));
    const again = cognito.send(
      new AdminCreateUserCommand({ UserPoolId: pool, Username: 'ann@example.com', MessageAction: 'SUPPRESS' }),
    );
    expect(await rejection(again)).to.have.property('name', 'UsernameExistsException');
  });

  it('fails a verified alias that another user has, and skips a name that differs by case only', async () => {
    const aliases = await createPool({ AliasAttributes: ['email'] });
    expect(await run(aliases, [good('ann'), { ...good('bob'), email: 'ann@example.com' }])).to.include({
      ImportedUsers: 1,
      FailedUsers: 1,
    });
    const folded = await createPool({ UsernameConfiguration: { CaseSensitive: false } });
    expect(await run(folded, [good('ann'), { ...good('ANN'), email: 'x@example.com' }])).to.include({
      ImportedUsers: 1,
      SkippedUsers: 1,
    });
  });

  it('fails the job when Cognito cannot use the role', async () => {
    const pool = await createPool();
    const wrongTrust = await createRole('wrong-trust', 'lambda.amazonaws.com', logActions, '*');
    const wrongPolicy = await createRole('wrong-policy', 'cognito-idp.amazonaws.com', logActions.slice(1), '*');
    for (const role of [wrongTrust, wrongPolicy, `arn:aws:iam::${cloud.account}:role/missing`]) {
      expect(await run(pool, [good('ann')], role)).to.include({ Status: 'Failed', ImportedUsers: 0 });
    }
  });

  it('refuses to delete the pool while a job imports into it', async () => {
    await cloud.configure({ importJobs: { usersPerSecond: 0.5 } });
    const pool = await createPool();
    const job = run(pool, [good('a'), good('b'), good('c'), good('d')]);
    await untilAtWork(pool);
    expect(await rejection(cognito.send(new DeleteUserPoolCommand({ UserPoolId: pool })))).to.have.property(
      'name',
      'UserImportInProgressException',
    );
    expect(await job).to.include({ Status: 'Succeeded', ImportedUsers: 4 });
    await cognito.send(new DeleteUserPoolCommand({ UserPoolId: pool }));
  });

  it('lets only callers in whom a policy allows the operation', async () => {
    const pool = await createPool();
    const iam = new IAMClient(cloud.clientConfig(region));
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['cognito-idp:GetCSVHeader', 'cognito-idp:CreateUserImportJob'], Resource: '*' },
      ],
    };
    await iam.send(new CreateUserCommand({ UserName: 'limited' }));
    await iam.send(
      new PutUserPolicyCommand({ UserName: 'limited', PolicyName: 'all', PolicyDocument: JSON.stringify(policy) }),
    );
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'limited' }));
    const credentials = {
      accessKeyId: AccessKey?.AccessKeyId ?? '',
      secretAccessKey: AccessKey?.SecretAccessKey ?? '',
    };
    const client = new CognitoIdentityProviderClient({ ...cloud.clientConfig(region), credentials });
    expect((await client.send(new GetCSVHeaderCommand({ UserPoolId: pool }))).CSVHeader).to.include('cognito:username');
    expect(
      await rejection(client.send(new ListUserImportJobsCommand({ UserPoolId: pool, MaxResults: 10 }))),
    ).to.have.property('name', 'AccessDeniedException');
    const create = (): Promise<unknown> =>
      client.send(
        new CreateUserImportJobCommand({ UserPoolId: pool, JobName: 'restore-1', CloudWatchLogsRoleArn: roleArn }),
      );
    expect(await rejection(create()))
      .to.have.property('message')
      .that.includes('iam:PassRole');
    const allow = (condition: object): Promise<unknown> =>
      iam.send(
        new PutUserPolicyCommand({
          UserName: 'limited',
          PolicyName: 'pass',
          PolicyDocument: JSON.stringify({
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn, ...condition }],
          }),
        }),
      );
    // What Cognito sends as iam:PassedToService is documented nowhere: a policy that names a value must not be relied on.
    await allow({ Condition: { StringEquals: { 'iam:PassedToService': 'cognito-idp.amazonaws.com' } } });
    expect(await rejection(create()))
      .to.have.property('message')
      .that.includes('iam:PassRole');
    await allow({});
    expect(await create())
      .to.have.property('UserImportJob')
      .that.includes({ Status: 'Created' });
  });
});
