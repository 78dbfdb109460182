import { setTimeout as sleep } from 'node:timers/promises';
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetExecutionHistoryCommand, SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { comparePools } from '../../tools/demo/compare/compare-pools.ts';
import { readPool } from '../../tools/demo/compare/read-pool.ts';
import type { PoolSnapshot } from '../../tools/demo/compare/read-pool.ts';
import { firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import { RECOVERY_BY_MAIL, REQUIRED_MFA, setMfa } from '../../tools/demo/mfa/pool-mfa.ts';
import { mfaProblems } from '../../tools/demo/mfa/sign-ins.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions } from '../../tools/deploy/solution.ts';
import { createStack } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { poolRecoveries } from '../support/local-cloud/recoveries.ts';
import { endOf } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const BUILD = buildFor('my-assets');
const USERS = 200;
const TPS = 25;

describe('Import on the local cloud, with IAM enforced', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let sourcePool: string;
  let source: PoolSnapshot;
  let launched: StackOutcome;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.05 });
    const options: SolutionOptions = {
      clientConfig: cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      build: BUILD,
      stackName: 'UserBackup',
    };
    sourcePool = await createDemoPool(cognito(PRIMARY), 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId: sourcePool }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    source = await readPool(cognito(PRIMARY), sourcePool);
    await publishAssets(options);
    launched = await createStack(
      stackOperation(options, {
        PrimaryUserPoolId: sourcePool,
        SecondaryRegion: SECONDARY,
        NotificationEmail: 'ops@example.com',
        CognitoTPS: `${TPS}`,
      }),
    );
    expect(launched.status).to.equal('CREATE_COMPLETE');
    const sfn = new SFNClient(cloud.clientConfig(PRIMARY));
    const exported = await endOf(sfn, await firstExecution(sfn, launched.outputs['ExportWorkflowArn'] ?? ''));
    expect(exported.status, exported.cause).to.equal('SUCCEEDED');
  });
  after(() => cloud?.stop());

  const cognito = (region: string): CognitoIdentityProviderClient =>
    new CognitoIdentityProviderClient(cloud.clientConfig(region));
  const steps = (region: string): SFNClient => new SFNClient(cloud.clientConfig(region));
  const workflow = (region: string): string =>
    launched.outputs[region === PRIMARY ? 'PrimaryImportWorkflowArn' : 'SecondaryImportWorkflowArn'] ?? '';
  const start = (region: string, input: object): Promise<string> =>
    startExecution(steps(region), workflow(region), input);
  const run = async (region: string, input: object): Promise<FinishedExecution> =>
    endOf(steps(region), await start(region, input));

  /** An object of the Region's mapping-file bucket. */
  async function object(region: string, Key: string): Promise<string> {
    const Bucket = launched.outputs[region === PRIMARY ? 'PrimaryBucketName' : 'SecondaryBucketName'];
    const { Body } = await new S3Client(cloud.clientConfig(region)).send(new GetObjectCommand({ Bucket, Key }));
    return (await Body?.transformToString()) ?? '';
  }

  /** Users whom a documented rule leaves out: identity providers', unconfirmed ones. */
  async function expectRestored(region: string, poolId: string): Promise<void> {
    const { rows, unexpected } = comparePools(source, await readPool(cognito(region), poolId));
    for (const row of rows) expect(row).to.include({ missing: 0, different: 0 });
    expect(unexpected).to.deep.equal([]);
  }

  it('brings everything back in the backup Region, by the rules, and reports it', async () => {
    const poolId = await createDemoPool(cognito(SECONDARY), 'restored');
    const ended = await run(SECONDARY, { NewUserPoolId: poolId });
    expect(ended.status, `${ended.error}: ${ended.cause}`).to.equal('SUCCEEDED');
    await expectRestored(SECONDARY, poolId);
    const { outcome, report, counts } = ended.output as {
      outcome: string;
      report: { keys: string[] };
      counts: Record<string, number>;
    };
    expect(outcome).to.equal('policy');
    expect(counts).to.include({
      usersMissing: 0,
      usersDifferent: 0,
      membershipsMissing: 0,
      groups: DEMO_GROUPS.length,
    });
    const [json = '', failures = '', subMap = ''] = await Promise.all(report.keys.map((key) => object(SECONDARY, key)));
    expect(JSON.parse(json)).to.include({ outcome: 'policy', newUserPoolId: poolId, sourceUserPoolId: sourcePool });
    for (const [name, user] of source.users)
      if (user.status === 'UNCONFIRMED') expect(failures, name).to.contain(user.sub);
    expect(subMap.trim().split('\n')).to.have.length((counts['usersRestored'] ?? 0) + 1);
    expect(await cloud.endUserMessages()).to.deep.equal([]);
    const told = (await cloud.snsMessages())
      .filter(({ topicArn }) => topicArn === launched.outputs['SecondaryTopicArn'])
      .map(({ subject }) => subject);
    expect(told.join('\n')).to.match(/not restored \(by rule\)/);

    const again = await run(SECONDARY, { NewUserPoolId: poolId });
    expect(again).to.include({ status: 'FAILED', error: 'AlreadyRestored' });
  });

  it('17.1: sorts everybody for a pool that requires MFA, by the factors that it offers', async () => {
    const client = cognito(SECONDARY);
    const poolId = await createDemoPool(client, 'with-mfa', [], RECOVERY_BY_MAIL);
    await setMfa(client, poolId, REQUIRED_MFA);
    const dry = await run(SECONDARY, { NewUserPoolId: poolId, DryRun: true });
    expect(dry.status, dry.cause).to.equal('SUCCEEDED');
    const { mustEnrolMfa, mfaLockedOut, reportKeys } = dry.output as {
      mustEnrolMfa: number;
      mfaLockedOut: number;
      reportKeys: string[];
    };
    expect(mfaLockedOut).to.equal(0);
    const rows = parse<Record<string, string>>(await object(SECONDARY, reportKeys[2] ?? ''), { columns: true });
    expect(rows).to.have.length(mustEnrolMfa);
    expect(mfaProblems(source, rows, 'must enrol an authenticator app')).to.deep.equal([]);
  });

  it('goes on after it was stopped by hand in the middle, in the primary Region, and lets no second one in', async () => {
    const poolId = await createDemoPool(cognito(PRIMARY), 'restored');
    const executionArn = await start(PRIMARY, { NewUserPoolId: poolId });
    for (let members = 0; members < 20; await sleep(200)) {
      members = (await cloud.calls({ service: 'cognito-idp', action: 'AdminAddUserToGroup', region: PRIMARY })).filter(
        ({ userPoolId, caller }) => userPoolId === poolId && caller !== undefined,
      ).length;
    }
    // Slow, so that the first one still runs when the second one looks.
    await cloud.configure({ latencies: [{ service: 'cognito-idp', action: ['AdminAddUserToGroup'], ms: 5_000 }] });
    expect(await run(PRIMARY, { NewUserPoolId: poolId })).to.include({
      status: 'FAILED',
      error: 'ExecutionAlreadyRunning',
    });
    await steps(PRIMARY).send(new StopExecutionCommand({ executionArn }));
    await cloud.configure({ latencies: [] });
    const ended = await run(PRIMARY, { NewUserPoolId: poolId });
    expect(ended.status, `${ended.error}: ${ended.cause}`).to.equal('SUCCEEDED');
    await expectRestored(PRIMARY, poolId);
    const { events = [] } = await steps(PRIMARY).send(
      new GetExecutionHistoryCommand({ executionArn: ended.executionArn, maxResults: 1_000 }),
    );
    expect(events.length).to.be.below(300);
  });

  it("C17: waits while AWS's own recovery of the pool pauses its writes, says so, and loses nobody", async () => {
    await cloud.configure({ recoveries: { pausedError: 'NotAuthorizedException' } });
    const poolId = await createDemoPool(cognito(PRIMARY), 'recovered');
    const executionArn = await start(PRIMARY, { NewUserPoolId: poolId });
    const since = async (action: string): Promise<number> =>
      (await cloud.calls({ service: 'cognito-idp', action, region: PRIMARY })).filter(
        ({ userPoolId, caller }) => userPoolId === poolId && caller !== undefined,
      ).length;
    while ((await since('AdminAddUserToGroup')) < 20) await sleep(200);
    const { RestoreId } = await poolRecoveries(cloud, PRIMARY, poolId).initiate();
    const told = async (): Promise<boolean> =>
      (await cloud.snsMessages()).some(({ subject }) => subject.includes('waits'));
    while (!(await told())) await sleep(200);
    await poolRecoveries(cloud, PRIMARY, poolId).cancel(RestoreId);
    const ended = await endOf(steps(PRIMARY), executionArn);
    expect(ended.status, `${ended.error}: ${ended.cause}`).to.equal('SUCCEEDED');
    await expectRestored(PRIMARY, poolId);
    expect(ended.output).to.containSubset({ counts: { usersMissing: 0, membershipsMissing: 0 } });
  });

  it('brings back a kept export by its run id, from its snapshot', async () => {
    const Bucket = launched.outputs['PrimaryBucketName'];
    const { Contents = [] } = await new S3Client(cloud.clientConfig(PRIMARY)).send(
      new ListObjectsV2Command({ Bucket, Prefix: 'snapshots/' }),
    );
    const [runId] = Contents.map(({ Key = '' }) => /^snapshots\/([^/]+)\/manifest\.json$/.exec(Key)?.[1]).filter(
      (id) => id !== undefined,
    );
    const poolId = await createDemoPool(cognito(PRIMARY), 'kept');
    const ended = await run(PRIMARY, { NewUserPoolId: poolId, ExportRun: runId });
    expect(ended.status, ended.cause).to.equal('SUCCEEDED');
    await expectRestored(PRIMARY, poolId);
    expect(
      await run(PRIMARY, {
        NewUserPoolId: await createDemoPool(cognito(PRIMARY), 'never'),
        ExportRun: '20200101T000000Z-00000000',
      }),
    ).to.include({ status: 'FAILED', error: 'ExportRunNotFound' });
  });

  it('plans and reports only, when asked for a dry run', async () => {
    const poolId = await createDemoPool(cognito(SECONDARY), 'dry');
    expect(await run(SECONDARY, { NewUserPoolId: poolId, DryRun: true })).to.include({ status: 'SUCCEEDED' });
    expect((await cognito(SECONDARY).send(new ListUsersCommand({ UserPoolId: poolId }))).Users).to.deep.equal([]);
  });

  describe('halts, and writes nothing, for', () => {
    const bare = async (changes: Partial<CreateUserPoolCommandInput> = {}): Promise<string> =>
      (
        await cognito(SECONDARY).send(
          new CreateUserPoolCommand({ PoolName: 'other', AutoVerifiedAttributes: ['email'], ...changes }),
        )
      ).UserPool?.Id ?? '';
    const refused = async (input: object, error: string, ...words: string[]): Promise<void> => {
      const after = (await cloud.calls()).at(-1)?.sequence ?? 0;
      const ended = await run(SECONDARY, input);
      expect(ended).to.include({ status: 'FAILED', error });
      for (const word of words) expect(ended.cause).to.include(word);
      const writes = (await cloud.calls({ service: 'cognito-idp', region: SECONDARY, after })).filter(
        ({ action, caller }) => caller !== undefined && !/^(Get|List|Describe)/.test(action),
      );
      expect(writes).to.deep.equal([]);
    };

    it('no input at all', () => refused({}, 'InvalidNewUserPoolId', 'NewUserPoolId'));
    it('a malformed id', () => refused({ NewUserPoolId: 'not a pool' }, 'InvalidNewUserPoolId'));
    it('a pool of another Region', () => refused({ NewUserPoolId: sourcePool }, 'InvalidNewUserPoolId', SECONDARY));
    it('a pool that does not exist', () =>
      refused({ NewUserPoolId: `${SECONDARY}_doesNotExist` }, 'UserPoolNotFound', `${SECONDARY}_doesNotExist`));
    it('a pool without an auto-verified attribute', async () =>
      refused({ NewUserPoolId: await bare({ AutoVerifiedAttributes: [] }) }, 'PreflightFailed', 'auto-verified'));
    it('a pool without the custom attributes of the backup', async () =>
      refused(
        { NewUserPoolId: await bare({ AutoVerifiedAttributes: ['email', 'phone_number'] }) },
        'PreflightFailed',
        'custom:tenant',
      ));
    it('a pool that has users', async () => {
      const poolId = await bare();
      await cognito(SECONDARY).send(
        new AdminCreateUserCommand({ UserPoolId: poolId, Username: 'somebody', MessageAction: 'SUPPRESS' }),
      );
      await refused({ NewUserPoolId: poolId }, 'UserPoolNotEmpty', poolId);
    });
    it('the pool that is backed up', async () => {
      expect(await run(PRIMARY, { NewUserPoolId: sourcePool })).to.include({
        status: 'FAILED',
        error: 'SourcePoolRefused',
      });
    });
  });
});
