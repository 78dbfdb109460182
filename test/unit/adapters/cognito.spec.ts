import { expect } from 'chai';
import { Pacer } from '../../../source/domain/pacing/pacer.ts';
import { importJobs } from '../../../source/adapters/cognito/import-jobs.ts';
import { userPoolReader } from '../../../source/adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../../source/adapters/cognito/pool-writer.ts';
import { AwsStub, refusal } from '../../support/aws-stub.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../support/rejection.ts';

const POOL = 'eu-west-1_Source';
const SECRET = 'canary-name-7f3a';

describe('Cognito adapters', () => {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());

  const options = () => {
    const clock = new FakeClock();
    return { userAgent: 'solution/v1', clock, pacer: new Pacer({ callsPerSecond: 10, clock }), random: () => 0 };
  };

  it('reads a page of users: attributes without a prototype, dates as ISO 8601, the token of the next page', async () => {
    stub.answer = () => ({
      body: {
        Users: [
          {
            Username: 'ana',
            Enabled: false,
            UserStatus: 'CONFIRMED',
            UserCreateDate: 1_700_000_000.5,
            UserLastModifiedDate: 1_700_000_001,
            Attributes: [
              { Name: 'sub', Value: 's-1' },
              { Name: '__proto__', Value: 'x' },
            ],
          },
        ],
        PaginationToken: 't2',
      },
    });
    const page = await userPoolReader(options()).listUsersPage(POOL, { filter: 'sub ^= "a"', token: 't1' });
    expect(stub.requests[0]?.json).to.deep.equal({
      UserPoolId: POOL,
      Limit: 60,
      Filter: 'sub ^= "a"',
      PaginationToken: 't1',
    });
    expect(stub.requests[0]?.headers['user-agent']).to.include('solution/v1');
    expect(page.next).to.equal('t2');
    const [user] = page.items;
    expect(user).to.include({
      username: 'ana',
      sub: 's-1',
      enabled: false,
      status: 'CONFIRMED',
      created: '2023-11-14T22:13:20.500Z',
    });
    expect(Object.getPrototypeOf(user?.attributes)).to.equal(null);
    expect(Object.entries(user?.attributes ?? {})).to.deep.equal([
      ['sub', 's-1'],
      ['__proto__', 'x'],
    ]);
  });

  it('pages groups and members by NextToken', async () => {
    stub.answer = ({ action }) => ({
      body:
        action === 'ListGroups'
          ? { Groups: [{ GroupName: 'g', Precedence: 0, RoleArn: 'r' }], NextToken: 'n' }
          : { Users: [] },
    });
    const reader = userPoolReader(options());
    expect(await reader.listGroupsPage(POOL, {})).to.deep.equal({
      items: [{ name: 'g', precedence: 0, roleArn: 'r' }],
      next: 'n',
    });
    expect(await reader.listUsersInGroupPage(POOL, 'g', { token: 'm' })).to.deep.equal({ items: [] });
    expect(stub.requests[1]?.json).to.deep.equal({ UserPoolId: POOL, GroupName: 'g', Limit: 60, NextToken: 'm' });
  });

  it('describes a pool by what matters to a restore', async () => {
    stub.answer = () => ({
      body: {
        UserPool: {
          Name: 'p',
          EstimatedNumberOfUsers: 5,
          UsernameAttributes: ['email'],
          AutoVerifiedAttributes: ['email'],
          LambdaConfig: { PreSignUp: 'arn', KMSKeyID: 'k' },
          UsernameConfiguration: { CaseSensitive: false },
          SchemaAttributes: [
            {
              Name: 'custom:n',
              AttributeDataType: 'Number',
              Mutable: false,
              Required: false,
              NumberAttributeConstraints: { MinValue: '1' },
            },
          ],
        },
      },
    });
    expect(await userPoolReader(options()).describe(POOL)).to.deep.equal({
      id: POOL,
      name: 'p',
      region: 'eu-west-1',
      estimatedNumberOfUsers: 5,
      settings: {
        usernameAttributes: ['email'],
        aliasAttributes: [],
        caseSensitive: false,
        autoVerifiedAttributes: ['email'],
        mfaConfiguration: 'OFF',
        triggers: ['PreSignUp'],
        schema: [{ name: 'custom:n', type: 'Number', mutable: false, required: false, min: '1' }],
      },
    });
  });

  it('lets every attempt pass the pacer, and slows down when throttled', async () => {
    const opts = options();
    const reader = userPoolReader(opts);
    let calls = 0;
    stub.answer = () =>
      (calls += 1) <= 20 ? refusal('TooManyRequestsException', 'Rate exceeded') : { body: { Users: [] } };
    await reader.listUsersPage(POOL, {});
    expect(stub.requests).to.have.length(21);
    expect(opts.clock.elapsed).to.be.above(20 * 110);
    expect(opts.pacer.callsPerSecond).to.be.below(5);
  });

  it('gives up with Throttled only after minutes without a single success', async () => {
    const opts = options();
    stub.answer = () => refusal('TooManyRequestsException', SECRET);
    const error = await rejection(userPoolReader(opts).listUsersPage(POOL, {}));
    expect(error.name).to.equal('Throttled');
    expect(opts.clock.elapsed).to.be.within(5 * 60_000, 6 * 60_000);
  });

  it('keeps calls of which a pool takes 5 per second below that', async () => {
    const opts = { ...options(), pacer: new Pacer({ callsPerSecond: 25, clock: new FakeClock() }) };
    const clock = new FakeClock();
    const writer = userPoolWriter({ ...opts, clock, pacer: new Pacer({ callsPerSecond: 25, clock }) });
    await Promise.all(Array.from({ length: 20 }, (_, n) => writer.createGroup(POOL, { name: `g${n}` })));
    expect(clock.elapsed).to.be.above(19 * 222 - 101);
  });

  it("names what was refused by the product's errors, without Cognito's message", async () => {
    const reader = userPoolReader(options());
    const writer = userPoolWriter(options());
    const cases: [string, () => Promise<unknown>, string][] = [
      ['ResourceNotFoundException', () => reader.describe(POOL), 'UserPoolNotFound'],
      ['AccessDeniedException', () => reader.describe(POOL), 'AccessDenied'],
      ['NotAuthorizedException', () => reader.listUsersPage(POOL, {}), 'AccessDenied'],
      ['OperationNotEnabledException', () => writer.createGroup(POOL, { name: 'g' }), 'AccessDenied'],
      ['InvalidParameterException', () => reader.listUsersPage(POOL, { filter: 'x' }), 'FilterRefused'],
      [
        'InvalidParameterException',
        () => reader.listUsersPage(POOL, { filter: 'x', token: 't' }),
        'InvalidPaginationToken',
      ],
      ['InvalidParameterException', () => reader.listUsersPage(POOL, {}), 'ServiceError'],
      ['UserPoolTaggingException', () => writer.disableUser(POOL, 'x'), 'ServiceError'],
    ];
    for (const [refused, call, expected] of cases) {
      stub.answer = () => refusal(refused, `User pool ${SECRET}`);
      const error = await rejection(call());
      expect(error.name, refused).to.equal(expected);
      expect(`${error.message} ${String(error.cause)}`).not.to.include(SECRET);
    }
  });

  it('retries errors of the service a few times', async () => {
    let calls = 0;
    stub.answer = () => ((calls += 1) < 4 ? refusal('InternalErrorException', '', 500) : { body: { Users: [] } });
    await userPoolReader(options()).listUsersPage(POOL, {});
    expect(calls).to.equal(4);
  });

  it('returns refusals for one user by their name, and a group that is gone as an empty page', async () => {
    const writer = userPoolWriter(options());
    stub.answer = () => refusal('UsernameExistsException', SECRET);
    expect(
      await writer.createUser(POOL, { username: 'x', temporaryPassword: 'p', attributes: { email: 'e' } }),
    ).to.deep.equal({ refused: 'UsernameExistsException' });
    expect(stub.requests[0]?.json).to.deep.equal({
      UserPoolId: POOL,
      Username: 'x',
      UserAttributes: [{ Name: 'email', Value: 'e' }],
      TemporaryPassword: 'p',
      MessageAction: 'SUPPRESS',
    });
    stub.answer = () => refusal('ResourceNotFoundException', 'Group not found.');
    expect(await writer.addUserToGroup(POOL, 'x', 'g')).to.deep.equal({ refused: 'ResourceNotFoundException' });
    expect(await userPoolReader(options()).listUsersInGroupPage(POOL, 'g', {})).to.deep.equal({ items: [] });
    stub.answer = () => refusal('ResourceNotFoundException', 'User pool eu-west-1_Source does not exist.');
    expect((await rejection(writer.addUserToGroup(POOL, 'x', 'g'))).name).to.equal('UserPoolNotFound');
  });

  it('updates a group that exists, and never gives it a role', async () => {
    stub.answer = ({ action }) => (action === 'CreateGroup' ? refusal('GroupExistsException') : { body: {} });
    await userPoolWriter(options()).createGroup(POOL, { name: 'g', description: 'd', precedence: 1, roleArn: 'arn' });
    expect(stub.requests.map(({ action, json }) => [action, json])).to.deep.equal([
      ['CreateGroup', { UserPoolId: POOL, GroupName: 'g', Description: 'd', Precedence: 1 }],
      ['UpdateGroup', { UserPoolId: POOL, GroupName: 'g', Description: 'd', Precedence: 1 }],
    ]);
  });

  it('creates, uploads, starts and describes import jobs', async () => {
    const jobs = importJobs({ ...options(), logRoleArn: 'role' });
    stub.answer = ({ action }) =>
      action === 'PUT'
        ? {}
        : {
            body: {
              UserImportJob: {
                JobId: 'import-1',
                JobName: 'n',
                Status: 'Created',
                PreSignedUrl: `${stub.url}/upload?X-Amz-Signature=1`,
                CreationDate: 1_700_000_000,
                ImportedUsers: 3,
              },
            },
          };
    const job = await jobs.createJob(POOL, 'n');
    expect(job).to.deep.equal({
      jobId: 'import-1',
      jobName: 'n',
      status: 'Created',
      uploadUrl: `${stub.url}/upload?X-Amz-Signature=1`,
      created: '2023-11-14T22:13:20.000Z',
      imported: 3,
      skipped: 0,
      failed: 0,
    });
    await jobs.uploadCsv(`${stub.url}/upload?X-Amz-Signature=1`, Buffer.from('ä,b'));
    const upload = stub.requests.at(-1);
    expect(upload).to.include({ method: 'PUT', url: '/upload?X-Amz-Signature=1', text: 'ä,b' });
    expect(upload?.headers).to.include({ 'x-amz-server-side-encryption': 'aws:kms', 'content-length': '4' });
    expect(stub.requests[0]?.json).to.deep.equal({ UserPoolId: POOL, JobName: 'n', CloudWatchLogsRoleArn: 'role' });
    stub.answer = () => refusal('PreconditionNotMetException', 'No csv file was uploaded for import-1');
    expect(await jobs.startJob(POOL, 'import-1')).to.equal('noCsv');
    stub.answer = () => refusal('PreconditionNotMetException', 'Another job is active');
    expect(await jobs.startJob(POOL, 'import-1')).to.equal('busy');
    expect(await jobs.createJob(POOL, 'n')).to.equal('busy');
    stub.answer = () => refusal('LimitExceededException', SECRET);
    expect(await jobs.createJob(POOL, 'n')).to.equal('limit');
    stub.answer = () => ({ body: { UserImportJobs: [], PaginationToken: 'n' } });
    expect(await jobs.listJobsPage(POOL)).to.deep.equal({ items: [], next: 'n' });
    expect(stub.requests.at(-1)?.json).to.include({ MaxResults: 50 });
  });

  it('tells a refused upload by its status, never by its URL', async () => {
    stub.answer = () => ({ status: 403 });
    const error = await rejection(
      importJobs({ ...options(), logRoleArn: 'role' }).uploadCsv(
        `${stub.url}/x?X-Amz-Signature=${SECRET}`,
        Buffer.from(''),
      ),
    );
    expect(error.message).to.include('403').and.not.to.include(SECRET);
  });

  it("reads a job's log to its end, and nothing where there is none", async () => {
    const jobs = importJobs({ ...options(), logRoleArn: 'role' });
    const lines = async (): Promise<string[]> => {
      const read: string[] = [];
      for await (const line of jobs.readLog(POOL, 'p', { jobId: 'import-1', jobName: 'n' })) read.push(line);
      return read;
    };
    stub.answer = ({ json }) => ({
      body:
        json.nextToken === undefined
          ? { events: [{ message: 'one\n' }], nextForwardToken: 'f1' }
          : { events: json.nextToken === 'f1' ? [{ message: 'two' }] : [], nextForwardToken: 'f2' },
    });
    expect(await lines()).to.deep.equal(['one', 'two']);
    expect(stub.requests[0]?.json).to.include({
      logGroupName: `/aws/cognito/userpools/${POOL}/p`,
      logStreamName: 'import-1/n',
    });
    // The second: the pool's name has characters that the name of a log group may not have.
    for (const none of ['ResourceNotFoundException', 'InvalidParameterException']) {
      stub.answer = () => refusal(none);
      expect(await lines(), none).to.deep.equal([]);
    }
  });
});
