import {
  CognitoIdentityProviderClient,
  CreateGroupCommand,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { CreateUserPoolCommandInput } from '@aws-sdk/client-cognito-identity-provider';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { comparePools } from '../../tools/demo/compare/compare-pools.ts';
import type { PoolComparison } from '../../tools/demo/compare/compare-pools.ts';
import { readPool } from '../../tools/demo/compare/read-pool.ts';
import type { PoolSnapshot, SnapshotUser } from '../../tools/demo/compare/read-pool.ts';
import { firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import { createCustomerKey } from '../../tools/deploy/customer-key.ts';
import type { DemoUser } from '../../tools/demo/seed/users.ts';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions } from '../../tools/deploy/solution.ts';
import { createStack, failuresOf } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { endOf } from '../../tools/deploy/executions.ts';
import { FIFTY_ATTRIBUTES, ODD_GROUPS, oddMails, oddUsers } from '../support/local/odd-users.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const BUILD = buildFor('variants-assets');

interface Launched {
  readonly source: PoolSnapshot;
  readonly stack: StackOutcome;
}
interface Restored extends PoolComparison {
  readonly report: {
    readonly outcome: string;
    readonly counts: Readonly<Record<string, number>>;
    readonly notes: readonly string[];
  };
  readonly failures: readonly Readonly<Record<string, string>>[];
}

describe('Odd users, and what AWS leaves open about import jobs, on the local cloud', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  const odd: Partial<CreateUserPoolCommandInput> = {
    AutoVerifiedAttributes: ['email'],
    Schema: [...FIFTY_ATTRIBUTES],
    UsernameConfiguration: { CaseSensitive: true },
  };
  const mail: Partial<CreateUserPoolCommandInput> = {
    AutoVerifiedAttributes: ['email'],
    UsernameAttributes: ['email'],
    UsernameConfiguration: { CaseSensitive: false },
  };
  let oddPool: Launched;
  let mailPool: Launched;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.02 });
    await publishAssets({ ...solution(''), clientConfig: cloud.clientConfig });
    [oddPool, mailPool] = await Promise.all([launch('odd', odd, oddUsers()), launch('mail', mail, oddMails())]);
  });
  after(() => cloud?.stop());

  const cognito = (region: string): CognitoIdentityProviderClient =>
    new CognitoIdentityProviderClient(cloud.clientConfig(region));
  const createPool = async (
    region: string,
    PoolName: string,
    settings: Partial<CreateUserPoolCommandInput>,
  ): Promise<string> =>
    (await cognito(region).send(new CreateUserPoolCommand({ PoolName, ...settings }))).UserPool?.Id ?? '';
  const solution = (name: string): SolutionOptions => ({
    clientConfig: cloud.clientConfig,
    primaryRegion: PRIMARY,
    secondaryRegion: SECONDARY,
    build: BUILD,
    stackName: `Backup-${name}`,
  });

  async function launch(
    name: string,
    settings: Partial<CreateUserPoolCommandInput>,
    users: readonly DemoUser[],
  ): Promise<Launched> {
    const poolId = await createPool(PRIMARY, name, settings);
    for (const GroupName of ODD_GROUPS)
      await cognito(PRIMARY).send(
        new CreateGroupCommand({
          UserPoolId: poolId,
          GroupName,
          Description: `All of, ${GroupName}`,
          Precedence: GroupName.length,
        }),
      );
    await cloud.putUsers(PRIMARY, poolId, users);
    const stack = await createStack(
      stackOperation(solution(name), {
        PrimaryUserPoolId: poolId,
        SecondaryRegion: SECONDARY,
        NotificationEmail: 'ops@example.com',
        CognitoTPS: '25',
        // B13: one of the two with a customer's key, so that a whole restore is made with it.
        ...(name === 'odd' ? { KmsKeyArn: await createCustomerKey(solution(name), cloud.account) } : {}),
      }),
    );
    expect(stack.status, failuresOf(stack).join('\n')).to.equal('CREATE_COMPLETE');
    const sfn = new SFNClient(cloud.clientConfig(PRIMARY));
    const exported = await endOf(sfn, await firstExecution(sfn, stack.outputs['ExportWorkflowArn'] ?? ''));
    expect(exported.status, exported.cause).to.equal('SUCCEEDED');
    return { source: await readPool(cognito(PRIMARY), poolId), stack };
  }

  /** Restores in the backup Region into a new pool, and compares it with the old one. */
  async function restore(
    { source, stack }: Launched,
    settings: Partial<CreateUserPoolCommandInput>,
    ends: { status: string; error?: string } = { status: 'SUCCEEDED' },
  ): Promise<Restored> {
    const poolId = await createPool(SECONDARY, 'restored', settings);
    const sfn = new SFNClient(cloud.clientConfig(SECONDARY));
    const ended = await endOf(
      sfn,
      await startExecution(sfn, stack.outputs['SecondaryImportWorkflowArn'] ?? '', { NewUserPoolId: poolId }),
    );
    expect(ended, `${ended.error}: ${ended.cause}`).to.include(ends);
    const s3 = new S3Client(cloud.clientConfig(SECONDARY));
    const Bucket = stack.outputs['SecondaryBucketName'] ?? '';
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: `restores/${poolId}/` }));
    const read = async (name: string): Promise<string> => {
      const Key = Contents?.map((object) => object.Key ?? '').find((key) => key.endsWith(`/report/${name}`));
      return (await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()) ?? '';
    };
    const [json, failures] = [await read('report.json'), await read('failures.csv')];
    const comparison = comparePools(source, await readPool(cognito(SECONDARY), poolId), () => true);
    return {
      ...comparison,
      report: JSON.parse(json) as Restored['report'],
      failures: parse<Record<string, string>>(failures, { columns: true }),
    };
  }

  it('brings all of it back when birth dates are stored as the CSV has them, lines count from 0 and backslashes and quotes are lost', async () => {
    await cloud.configure({
      importJobs: {
        birthdateStored: 'as-given',
        firstLineNumber: 0,
        backslash: 'dropped',
        quote: 'dropped',
        extraColumns: ['password_hash'],
        tooMany: { rows: 1, share: 0 },
      },
    });
    const { rows, unexpected, report } = await restore(oddPool, odd);
    for (const row of rows) expect(row).to.include({ missing: 0, different: 0 });
    expect(unexpected).to.deep.equal([]);
    expect(report).to.include({ outcome: 'complete' });
  });

  it('imports whom it may, and names the others, when lines count from the header, a job ends early and the pool has triggers', async () => {
    await cloud.configure({ importJobs: { firstLineNumber: 2, endEarly: { afterRows: 7, as: 'Failed', jobs: 1 } } });
    const { missingSubs, differentSubs, unexpected, report, failures } = await restore(
      mailPool,
      { ...mail, LambdaConfig: { PreSignUp: `arn:aws:lambda:${SECONDARY}:111122223333:function:welcome` } },
      { status: 'FAILED', error: 'RestoreIncomplete' },
    );
    const { users, groups } = mailPool.source;
    const refusedNames = [...users].flatMap(([name, { attributes }]) =>
      attributes.get('name')?.includes('\n') === true ? [name] : [],
    );
    const refused = refusedNames.map((name) => users.get(name) as SnapshotUser);
    const heldBack = [...groups.values()].flatMap(({ members }) => refusedNames.filter((name) => members.has(name)));
    expect([...missingSubs].sort()).to.deep.equal(refused.map(({ sub }) => sub).sort());
    expect({ differentSubs, unexpected }).to.deep.equal({ differentSubs: [], unexpected: [] });
    expect(
      failures
        .filter(({ reason = '' }) => reason.startsWith('TriggersWouldFire'))
        .map(({ sub }) => sub)
        .sort(),
    ).to.deep.equal([...missingSubs].sort());
    expect(report.counts).to.include({
      usersMissing: 0,
      usersCreatedOneByOne: 0,
      usersExcluded: 0,
      usersHeldBack: refused.length,
      importJobs: 2,
      membershipsMissing: heldBack.length,
    });
    expect(report.notes.join()).to.match(/1 user is linked to accounts of identity providers/);
    expect(await cloud.endUserMessages()).to.deep.equal([]);
  });
});
