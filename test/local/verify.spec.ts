import {
  AdminDisableUserCommand,
  AdminEnableUserCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { ListUsersCommandOutput } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { SFNClient } from '@aws-sdk/client-sfn';
import { DeleteCommand, DynamoDBDocumentClient, paginateScan, PutCommand } from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { SETTINGS_NAME } from '../../source/domain/backup/snapshot/names.ts';
import { firstExecution, startExecution } from '../../tools/deploy/executions.ts';
import { DEMO_GROUPS } from '../../tools/demo/seed/groups.ts';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { demoUsers } from '../../tools/demo/seed/users.ts';
import { createCustomerKey } from '../../tools/deploy/customer-key.ts';
import { buildFor, publishAssets, stackOperation } from '../../tools/deploy/solution.ts';
import type { SolutionOptions } from '../../tools/deploy/solution.ts';
import { createStack, failuresOf } from '../../tools/deploy/stack.ts';
import type { StackOutcome } from '../../tools/deploy/stack.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { endOf } from '../../tools/deploy/executions.ts';
import type { FinishedExecution } from '../../tools/deploy/executions.ts';

const PRIMARY = 'us-east-1';
const SECONDARY = 'eu-west-1';
const BUILD = buildFor('my-assets');
const USERS = 60;

type Item = Record<string, unknown>;

describe('Verification on the local cloud, with IAM enforced', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let poolId: string;
  let launched: StackOutcome;
  let runId: string;

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.01 });
    const options: SolutionOptions = {
      clientConfig: cloud.clientConfig,
      primaryRegion: PRIMARY,
      secondaryRegion: SECONDARY,
      build: BUILD,
      stackName: 'UserBackup',
    };
    const cognito = new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY));
    poolId = await createDemoPool(cognito, 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId }, DEMO_GROUPS, demoUsers(USERS, DEMO_GROUPS));
    await publishAssets(options);
    launched = await createStack(
      stackOperation(options, {
        PrimaryUserPoolId: poolId,
        SecondaryRegion: SECONDARY,
        // B13: everything that is verified lies encrypted by a customer's key.
        KmsKeyArn: await createCustomerKey(options, cloud.account),
        NotificationEmail: 'ops@example.com',
        CognitoTPS: '25',
      }),
    );
    expect(launched.status, failuresOf(launched).join('\n')).to.equal('CREATE_COMPLETE');
    const exported = await endOf(
      steps(PRIMARY),
      await firstExecution(steps(PRIMARY), launched.outputs['ExportWorkflowArn'] ?? ''),
    );
    expect(exported.status, exported.cause).to.equal('SUCCEEDED');
    runId = (exported.output as { manifest: { runId: string } }).manifest.runId;
  });
  after(() => cloud?.stop());

  const steps = (region: string): SFNClient => new SFNClient(cloud.clientConfig(region));
  const s3 = (region: string): S3Client => new S3Client(cloud.clientConfig(region));
  const table = (): DynamoDBDocumentClient =>
    DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig(PRIMARY)));
  const output = (name: string): string => launched.outputs[name] ?? '';
  const workflow = (region: string): string =>
    output(region === PRIMARY ? 'PrimaryVerifyWorkflowArn' : 'SecondaryVerifyWorkflowArn');
  const bucket = (region: string): string => output(region === PRIMARY ? 'PrimaryBucketName' : 'SecondaryBucketName');
  const verify = async (region: string, input: object = {}): Promise<FinishedExecution> =>
    endOf(steps(region), await startExecution(steps(region), workflow(region), input));
  const verifyBoth = (): Promise<[FinishedExecution, FinishedExecution]> =>
    Promise.all([verify(PRIMARY), verify(SECONDARY)]);
  const told = async (): Promise<string> => (await cloud.snsMessages()).map(({ subject }) => subject).join('\n');

  async function bytes(region: string, Key: string): Promise<Uint8Array> {
    const { Body } = await s3(region).send(new GetObjectCommand({ Bucket: bucket(region), Key }));
    return (await Body?.transformToByteArray()) ?? new Uint8Array();
  }
  async function keys(region: string, Prefix: string): Promise<string[]> {
    const { Contents = [] } = await s3(region).send(new ListObjectsV2Command({ Bucket: bucket(region), Prefix }));
    return Contents.map(({ Key = '' }) => Key);
  }
  async function items(): Promise<Item[]> {
    const found: Item[] = [];
    for await (const { Items = [] } of paginateScan(
      { client: table() },
      { TableName: output('BackupTableName'), ConsistentRead: true },
    ))
      found.push(...Items);
    return found;
  }
  const put = async (Item: Item): Promise<void> =>
    void (await table().send(new PutCommand({ TableName: output('BackupTableName'), Item })));
  const remove = async ({ id, type }: Item): Promise<void> =>
    void (await table().send(new DeleteCommand({ TableName: output('BackupTableName'), Key: { id, type } })));
  /** What the stopped execution says, and that it was told. */
  const expectFailed = async (
    { status, error, cause }: FinishedExecution,
    name: string,
    message: RegExp,
  ): Promise<void> => {
    expect({ status, error }, cause).to.deep.equal({ status: 'FAILED', error: name });
    expect(cause).to.match(message);
    expect(await told()).to.include(name);
  };

  it('finds the backup in order in both Regions; the backup Region writes its own snapshot', async () => {
    for (const ended of await verifyBoth()) {
      expect(ended.status, `${ended.error}: ${ended.cause}`).to.equal('SUCCEEDED');
      expect(ended.output).to.deep.include({
        done: true,
        skipped: false,
        runId,
        objects: { read: 8, of: 8 },
      });
      const { notes } = ended.output as { readonly notes: readonly string[] };
      expect(notes, 'C18: once in each Region').to.have.length(1);
      expect(notes[0]).to.include(`Deletion protection of the user pool ${poolId} is off`);
    }
    const written = await keys(SECONDARY, `snapshots/${runId}/`);
    expect(written, 'parts, index, manifest and settings').to.have.length(11);
    expect(written).to.include(`snapshots/${runId}/${SETTINGS_NAME}`);
    expect(JSON.parse(Buffer.from(await bytes(SECONDARY, 'verifications/last.json')).toString())).to.include({
      runId,
      wholeRunId: runId,
    });
    expect(await told())
      .to.include(`Backup in ${PRIMARY} verified`)
      .and.include(`Backup in ${SECONDARY} verified`);
    expect((await keys(SECONDARY, 'verifications/')).filter((key) => key.includes('/work/'))).to.deep.equal([]);
  });

  it('ends the hourly look at once when the run is verified, and tells nobody', async () => {
    const before = await told();
    const ended = await verify(SECONDARY, { Trigger: 'Schedule' });
    expect(ended.output).to.deep.include({ skipped: true, why: 'alreadyVerified' });
    expect(await told()).to.equal(before);
  });

  it('compares the live pool with the backup, and names a user who was disabled since', async () => {
    const same = await verify(PRIMARY, { UserPoolId: poolId, Percent: 5 });
    expect(same.status, `${same.error}: ${same.cause}`).to.equal('SUCCEEDED');
    expect(same.output).to.deep.include({ objects: { read: 1, of: 8 } });
    const cognito = new CognitoIdentityProviderClient(cloud.clientConfig(PRIMARY));
    const { Users = [] }: ListUsersCommandOutput = await cognito.send(
      new ListUsersCommand({ UserPoolId: poolId, Filter: 'status = "Enabled"' }),
    );
    const victim = Users.find(({ UserStatus }) => UserStatus === 'CONFIRMED');
    const sub = victim?.Attributes?.find(({ Name }) => Name === 'sub')?.Value ?? '';
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: poolId, Username: victim?.Username }));
    const ended = await verify(PRIMARY, { UserPoolId: poolId, Percent: 5 });
    await expectFailed(ended, 'PoolDiffers', /1 user different\. Who and what: s3:\/\/.*differences\.csv/);
    const key = /s3:\/\/[^/]+\/(\S+differences\.csv)/.exec(ended.cause ?? '')?.[1] ?? '';
    expect(Buffer.from(await bytes(PRIMARY, key)).toString()).to.match(
      new RegExp(`^${sub},.*,different: enabled$`, 'm'),
    );
    await cognito.send(new AdminEnableUserCommand({ UserPoolId: poolId, Username: victim?.Username }));
  });

  it('sees an item that was changed, dropped or added, and a manifest that is gone', async () => {
    const all = await items();
    const user = all.find(({ type }) => type === 'PROFILE') as Item;
    const manifest = all.find(({ type }) => type === 'MANIFEST') as Item;
    await put({ ...user, attributes: { ...(user['attributes'] as object), name: 'Somebody else' } });
    for (const ended of await verifyBoth())
      await expectFailed(
        ended,
        'ChecksumDiffers',
        /1 of 256 checksums differs; 1 item does not hold what its own content hash says/,
      );
    await put(user);
    await put({ ...user, id: 'USER#00000000-0000-4000-8000-000000000000' });
    for (const ended of await verifyBoth()) await expectFailed(ended, 'CountsDiffer', /sealed \d+ users/);
    await remove({ ...user, id: 'USER#00000000-0000-4000-8000-000000000000' });
    await remove(user);
    const [primary, secondary] = await verifyBoth();
    await expectFailed(primary, 'CountsDiffer', /sealed \d+ users/);
    // From the replica alone nobody can tell it from a write of the last run that has not arrived.
    await expectFailed(secondary, 'ReplicaBehind', /items carry the id of that export/);
    await put(user);
    await remove(manifest);
    for (const ended of await verifyBoth()) await expectFailed(ended, 'ManifestMissing', new RegExp(runId));
    await put(manifest);
    for (const { status, cause } of await verifyBoth()) expect(status, cause).to.equal('SUCCEEDED');
  });

  it('sees an object of the snapshot that was flipped, truncated or removed, in either Region', async () => {
    const damage: readonly ((body: Buffer) => Buffer | undefined)[] = [
      (body) => {
        body.writeUInt8((body[20] as number) ^ 4, 20);
        return body;
      },
      (body) => body.subarray(0, body.length - 1),
    ];
    for (const region of [PRIMARY, SECONDARY]) {
      const Key = `snapshots/${runId}/segment-3.ndjson.gz`;
      const whole = await bytes(region, Key);
      for (const change of damage) {
        const Body = change(Buffer.from(whole));
        await s3(region).send(
          Body === undefined
            ? new DeleteObjectCommand({ Bucket: bucket(region), Key })
            : new PutObjectCommand({ Bucket: bucket(region), Key, Body }),
        );
        await expectFailed(await verify(region), 'ChecksumDiffers', new RegExp(Key));
      }
      await s3(region).send(new PutObjectCommand({ Bucket: bucket(region), Key, Body: whole }));
    }
  });

  it('sees a replication that has stopped, and that it goes on', async () => {
    // Longer than any machine takes for the export and the look at it.
    await cloud.configure({ replicationLagMs: 3_600_000 });
    const exported = await endOf(steps(PRIMARY), await startExecution(steps(PRIMARY), output('ExportWorkflowArn'), {}));
    expect(exported.status, exported.cause).to.equal('SUCCEEDED');
    await expectFailed(
      await verify(SECONDARY, { Trigger: 'Schedule' }),
      'ReplicaBehind',
      new RegExp(`here it is ${runId}`),
    );
    await cloud.configure({ replicationLagMs: 0 });
  });
});
