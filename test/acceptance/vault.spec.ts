/**
 * A vault in a second account of the local cloud, with IAM enforced: Amazon S3 copies with the role of the launch, the first
 * account is lost, and a launch in the second one restores from the vault. `npm run vault:proof`, some three minutes.
 */
import { DeleteUserPoolCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { vaultPolicy } from '../../source/domain/operator/permissions/vault-policy.ts';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { endOf, execute, firstExecution, succeeded } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import type { Region } from '../../tools/deploy/regions.ts';
import { launchSolution, parametersFor, publishAssets, solutionFor } from '../../tools/deploy/solution.ts';
import type { LaunchedSolution, SolutionParameters } from '../../tools/deploy/solution.ts';
import { comparePools, differingKinds } from '../../tools/demo/compare/compare-pools.ts';
import { readPool } from '../../tools/demo/compare/read-pool.ts';
import type { PoolSnapshot } from '../../tools/demo/compare/read-pool.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { steps } from '../support/steps.ts';

const USERS = 150;
const VAULT_ACCOUNT = '444455556666';
const VAULT = 'vault-of-another-account';
/** Neither Region of the launch. */
const VAULT_REGION = 'eu-central-1';
const COPIED = /^(snapshots|manifests)\//;

describe('17.7: a vault in a second account, with IAM enforced', function () {
  this.timeout(900_000);
  const step = steps();
  let lost: LocalCloud;
  let saved: LocalCloud;
  let launched: LaunchedSolution;
  let second: LaunchedSolution;
  let pool: string;
  let old: PoolSnapshot;

  before(async () => {
    lost = await startLocalCloud({ waitScale: 0.01 });
    saved = lost.inAccount(VAULT_ACCOUNT);
    pool = await createDemoPool(cognitoIn(lost, PRIMARY), 'customers');
    await loadPool({ cloud: lost, region: PRIMARY, poolId: pool }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    await vault().send(
      new CreateBucketCommand({
        Bucket: VAULT,
        ObjectLockEnabledForBucket: true,
        CreateBucketConfiguration: { LocationConstraint: VAULT_REGION },
      }),
    );
    await letCopy(lost.account);
  });
  after(() => lost?.stop());

  const vault = (): S3Client => new S3Client(saved.clientConfig(VAULT_REGION));
  const letCopy = async (sourceAccount: string): Promise<void> => {
    const policy = vaultPolicy({ partition: 'aws', bucket: VAULT, sourceAccount });
    await vault().send(new PutBucketPolicyCommand({ Bucket: VAULT, Policy: JSON.stringify(policy) }));
  };
  const launchIn = async (
    cloud: LocalCloud,
    poolId: string,
    assets: string,
    parameters: Partial<SolutionParameters> = {},
  ): Promise<LaunchedSolution> => {
    const solution = solutionFor(cloud, assets, 'UserBackup');
    await publishAssets(solution);
    return launchSolution(
      solution,
      parametersFor(poolId, {
        CognitoTPS: '25',
        VaultBucketArn: `arn:aws:s3:::${VAULT}`,
        VaultAccountId: VAULT_ACCOUNT,
        ...parameters,
      }),
    );
  };
  const keysIn = async (client: S3Client, Bucket: string, Prefix = ''): Promise<readonly string[]> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }));
    return Contents.map(({ Key = '' }) => Key).sort();
  };
  const ownObjects = (region: Region = PRIMARY): S3Client => new S3Client(lost.clientConfig(region));
  const statusOf = async (Key: string, region: Region = PRIMARY): Promise<string | undefined> =>
    (await ownObjects(region).send(new HeadObjectCommand({ Bucket: launched.bucket[region], Key }))).ReplicationStatus;
  const bytesOf = async (client: S3Client, Bucket: string, Key: string): Promise<string> =>
    (await (await client.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString('base64')) ?? '';
  const exportNow = (): Promise<FinishedExecution> =>
    execute(stepFunctionsIn(lost, PRIMARY), launched.exportWorkflow, {});

  step('17.7: every object of the first snapshot is copied, byte for byte, and nothing else', async () => {
    launched = await launchIn(lost, pool, 'assets-of-the-first');
    const sfn = stepFunctionsIn(lost, PRIMARY);
    succeeded('The first export', await endOf(sfn, await firstExecution(sfn, launched.exportWorkflow)));
    const bucket = launched.bucket[PRIMARY];
    const own = await keysIn(ownObjects(), bucket);
    const copied = await keysIn(vault(), VAULT);
    expect(copied).to.have.length.above(5);
    expect(copied).to.deep.equal(own.filter((key) => COPIED.test(key)));
    for (const key of copied) {
      expect(await statusOf(key), key).to.equal('COMPLETED');
      expect(await bytesOf(vault(), VAULT, key), key).to.equal(await bytesOf(ownObjects(), bucket, key));
    }
    for (const key of own.filter((one) => !COPIED.test(one))) expect(await statusOf(key), key).to.equal(undefined);
    for (const key of await keysIn(ownObjects(SECONDARY), launched.bucket[SECONDARY]))
      expect(await statusOf(key, SECONDARY), key).to.equal(undefined);
  });

  step('17.7: the next export tags the copies, too, and what is deleted here stays there', async () => {
    const first = await keysIn(vault(), VAULT, 'snapshots/');
    succeeded('The second export', await exportNow());
    for (const Key of first) {
      const { TagSet } = await vault().send(new GetObjectTaggingCommand({ Bucket: VAULT, Key }));
      expect(TagSet, Key).to.deep.include({ Key: 'snapshot', Value: 'superseded' });
    }
    const all = await keysIn(vault(), VAULT);
    expect(all.length).to.be.above(first.length);
    const [Key = ''] = all;
    await ownObjects().send(new DeleteObjectCommand({ Bucket: launched.bucket[PRIMARY], Key }));
    expect(await keysIn(vault(), VAULT)).to.deep.equal(all);
  });

  step('17.7: a vault that does not let it copy fails each object, and no export', async () => {
    await letCopy('999900001111');
    const all = await keysIn(vault(), VAULT);
    const known = new Set(await keysIn(ownObjects(), launched.bucket[PRIMARY], 'snapshots/'));
    succeeded('The export without the policy', await exportNow());
    const added = (await keysIn(ownObjects(), launched.bucket[PRIMARY], 'snapshots/')).filter((key) => !known.has(key));
    expect(added).to.have.length.above(5);
    for (const key of added) expect(await statusOf(key), key).to.equal('FAILED');
    expect(await keysIn(vault(), VAULT)).to.deep.equal(all);
    await letCopy(lost.account);
  });

  step('17.7: the first account is lost: a launch in the second one brings everybody back from the vault', async () => {
    old = await readPool(cognitoIn(lost, PRIMARY), pool);
    await cognitoIn(lost, PRIMARY).send(new DeleteUserPoolCommand({ UserPoolId: pool }));
    const there = cognitoIn(saved, PRIMARY);
    const [own, target] = [await createDemoPool(there, 'own'), await createDemoPool(there, 'restored')];
    second = await launchIn(saved, own, 'assets-of-the-second');
    expect(Object.values(second.outputs).join()).to.include(VAULT_ACCOUNT).and.to.not.include(lost.account);
    const copies = await keysIn(vault(), VAULT);
    const sfn = stepFunctionsIn(saved, PRIMARY);
    const place = { NewUserPoolId: target, SnapshotPrefix: `s3://${VAULT}/` };
    const dry = succeeded(
      'The dry run',
      await execute(sfn, second.importWorkflow[PRIMARY], { ...place, DryRun: true }),
    );
    expect(dry.output).to.deep.include({ dryRun: true });
    expect((await there.send(new ListUsersCommand({ UserPoolId: target }))).Users).to.deep.equal([]);
    succeeded('The restore', await execute(sfn, second.importWorkflow[PRIMARY], place));
    const compared = comparePools(old, await readPool(there, target));
    expect(differingKinds(compared), JSON.stringify(compared.differences.slice(0, 5))).to.deep.equal([]);
    expect(compared.rows[0]?.expected).to.be.above(USERS / 2);
    expect(await keysIn(vault(), VAULT), 'a launch in the account of the vault fills it').to.deep.equal(copies);
    expect(await lost.endUserMessages()).to.deep.equal([]);
  });

  step('17.7: a launch in the second account reads no bucket of a launch in the first', async () => {
    const there = cognitoIn(saved, PRIMARY);
    const target = await createDemoPool(there, 'another');
    const ended = await execute(stepFunctionsIn(saved, PRIMARY), second.importWorkflow[PRIMARY], {
      NewUserPoolId: target,
      SnapshotPrefix: `s3://${launched.bucket[PRIMARY]}/`,
    });
    expect(ended).to.include({ status: 'FAILED', error: 'AccessDenied' });
    expect(ended.cause).to.include('is read in the account of this launch only');
    expect((await there.send(new ListUsersCommand({ UserPoolId: target }))).Users).to.deep.equal([]);
  });
});
