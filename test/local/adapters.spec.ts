import { randomBytes } from 'node:crypto';
import {
  AdminCreateUserCommand,
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { CompletedPart } from '@aws-sdk/client-s3';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { keyText } from '../../source/domain/backup/items.ts';
import { PASSWORD_BYTES, passwordFrom } from '../../source/domain/import/updates/password.ts';
import { Pacer } from '../../source/domain/pacing/pacer.ts';
import { backupTable } from '../../source/adapters/backup-table.ts';
import { systemClock } from '../../source/adapters/clock.ts';
import { userPoolReader } from '../../source/adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../source/adapters/cognito/pool-writer.ts';
import { executionStatus } from '../../source/adapters/executions.ts';
import { objectStore } from '../../source/adapters/object-store.ts';
import { wakeQueue } from '../../source/adapters/wake-queue.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { poolRecoveries } from '../support/local-cloud/recoveries.ts';
import { rejection } from '../support/rejection.ts';

const REGION = 'us-east-1';
const VARIABLES = ['AWS_ENDPOINT_URL', 'AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
const adapter = { userAgent: 'solution/v1' };

/** When calls arrive is also the machine's doing; that none is made without a grant is ours. */
class CountingPacer extends Pacer {
  granted = 0;

  override async take(options?: { readonly first?: boolean }): Promise<void> {
    await super.take(options);
    this.granted += 1;
  }
}

/** The adapters of source/adapters against the local cloud, whose gateway checks every request against AWS's models. */
describe('adapters on the local cloud', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  const saved = VARIABLES.map((name) => [name, process.env[name]] as const);

  before(async () => {
    cloud = await startLocalCloud();
    const { accessKeyId, secretAccessKey } = cloud.credentials;
    Object.assign(process.env, {
      AWS_ENDPOINT_URL: cloud.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });
  });
  after(async () => {
    for (const [name, value] of saved) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    await cloud?.stop();
  });

  it('table: writes, conditions, transactions, and a scan that sees every item once', async () => {
    await new DynamoDBClient(cloud.clientConfig(REGION)).send(
      new CreateTableCommand({
        TableName: 'backup',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'type', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'type', AttributeType: 'S' },
        ],
      }),
    );
    const table = backupTable({ ...adapter, tableName: 'backup' });
    const items = Array.from({ length: 60 }, (_, n) => ({
      id: `USER#${n}`,
      type: 'PROFILE',
      contentHash: `h${n}`,
      attributes: { 'custom:n': '', ['__proto__']: 'x' },
    }));
    await table.putItems(items);
    const hashes = await table.contentHashes([...items, { id: 'USER#none', type: 'PROFILE' }]);
    expect(hashes.size).to.equal(60);
    expect(hashes.get(keyText(items[7] as (typeof items)[number]))).to.equal('h7');
    const whole = await table.itemsOf([...items.slice(0, 3), { id: 'USER#none', type: 'PROFILE' }]);
    expect([...whole.values()].map((item) => JSON.stringify(item.attributes))).to.deep.equal(
      Array.from({ length: 3 }, () => JSON.stringify(items[0]?.attributes)),
    );
    const lease = { id: 'LEASE', type: 'LEASE', executionArn: 'a' };
    expect([await table.putItemIf(lease, 'absent'), await table.putItemIf(lease, 'absent')]).to.deep.equal([
      true,
      false,
    ]);
    expect(await table.putItemIf({ ...lease, executionArn: 'b' }, { attribute: 'executionArn', value: 'a' })).to.equal(
      true,
    );
    await table.transact([{ id: 'x', type: 'y', n: 1 }], [lease]);
    expect({ ...(await table.getItem({ id: 'x', type: 'y' })) }).to.deep.equal({ id: 'x', type: 'y', n: 1 });
    expect(await table.getItem(lease)).to.equal(undefined);
    const pages = await Promise.all(
      [0, 1, 2].map((segment) => table.scanPage({ segment, totalSegments: 3, consistent: true })),
    );
    expect(pages.flatMap((page) => page.items)).to.have.length(61);
    expect(await rejection(backupTable({ ...adapter, tableName: 'missing' }).getItem(lease))).to.include({
      name: 'BackupTableNotFound',
    });
  });

  it('objects: conditions, listing, streams and multipart uploads', async () => {
    await new S3Client(cloud.clientConfig(REGION)).send(new CreateBucketCommand({ Bucket: 'state' }));
    const store = objectStore({ ...adapter, bucket: 'state' });
    const etag = await store.put('a/1', 'one', { absent: true });
    expect(await rejection(store.put('a/1', 'x', { absent: true }))).to.include({ name: 'PreconditionFailed' });
    await store.put('a/1', 'two', { etag });
    expect(await rejection(store.put('a/1', 'x', { etag }))).to.include({ name: 'PreconditionFailed' });
    expect(Buffer.from((await store.get('a/1'))?.body ?? []).toString()).to.equal('two');
    expect(await store.get('a/none')).to.equal(undefined);
    const part = Buffer.alloc(10 * 1024 * 1024, 'p');
    await store.write(
      'a/large',
      (async function* parts() {
        yield part;
        yield part;
        yield Buffer.from('end');
      })(),
    );
    const uploads = (await cloud.calls({ service: 's3' })).filter(({ action }) => action === 'UploadPart');
    expect(uploads).to.have.length(3);
    let bytes = 0;
    for await (const piece of store.read('a/large')) bytes += piece.length;
    expect(bytes).to.equal(2 * part.length + 3);
    const keys: string[] = [];
    for await (const key of store.list('a/')) keys.push(key);
    expect(keys).to.deep.equal(['a/1', 'a/large']);
    await store.deleteAll(keys);
    expect(await store.get('a/1')).to.equal(undefined);
  });

  it('A1: objects: multipart uploads that S3 would refuse are refused, and what is aborted leaves nothing', async () => {
    const s3 = new S3Client(cloud.clientConfig(REGION));
    const [Bucket, Key] = ['parts', 'k'];
    await s3.send(new CreateBucketCommand({ Bucket }));
    const begin = async (ChecksumAlgorithm?: 'CRC32'): Promise<string | undefined> =>
      (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ChecksumAlgorithm }))).UploadId;
    const part = (UploadId: string | undefined, PartNumber: number, bytes: number) =>
      s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: Buffer.alloc(bytes, PartNumber) }));
    const complete = (UploadId: string | undefined, Parts: CompletedPart[], IfNoneMatch?: '*') =>
      s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, IfNoneMatch }));
    const code = async (refused: Promise<unknown>): Promise<string> => (await rejection(refused)).name;
    // The SDK sends a checksum with every part.
    expect(await code(part(await begin(), 1, 10))).to.equal('InvalidRequest');
    expect(await code(part('0'.repeat(32), 1, 10))).to.equal('NoSuchUpload');
    expect(await code(complete('0'.repeat(32), [{ PartNumber: 1, ETag: '"e"' }]))).to.equal('NoSuchUpload');
    const small = await begin('CRC32');
    const sent = [await part(small, 1, 10), await part(small, 2, 10)].map(({ ETag, ChecksumCRC32 }, index) => ({
      PartNumber: index + 1,
      ETag,
      ChecksumCRC32,
    }));
    expect(await code(complete(small, sent))).to.equal('EntityTooSmall');
    expect(await code(complete(small, [...sent].reverse()))).to.equal('InvalidPartOrder');
    expect(
      await code(
        complete(
          small,
          sent.map(({ ChecksumCRC32: _none, ...rest }) => rest),
        ),
      ),
    ).to.equal('InvalidRequest');
    expect(await code(complete(small, [{ ...sent[0], ETag: '"another"' }]))).to.equal('InvalidPart');
    await complete(small, sent.slice(0, 1), '*');
    const again = await begin('CRC32');
    const { ETag, ChecksumCRC32 } = await part(again, 1, 10);
    expect(await code(complete(again, [{ PartNumber: 1, ETag, ChecksumCRC32 }], '*'))).to.equal('PreconditionFailed');
    for (const { UploadId } of (await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? [])
      await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).to.deep.equal([]);
    const failing = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(9 * 1024 * 1024);
      await Promise.resolve();
      throw new Error('the source ended');
    };
    const store = objectStore({ ...adapter, bucket: Bucket });
    expect((await rejection(store.write('a/large', failing()))).message).to.equal('the source ended');
    expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads ?? []).to.deep.equal([]);
    expect(await store.get('a/large')).to.equal(undefined);
  });

  it('queue: sends, receives and deletes by the gateway', async () => {
    const { QueueUrl = '' } = await new SQSClient(cloud.clientConfig(REGION)).send(
      new CreateQueueCommand({ QueueName: 'work' }),
    );
    const queue = wakeQueue({ ...adapter, queueUrl: QueueUrl });
    await queue.send(Array.from({ length: 12 }, (_, n) => ({ owner: 'run', key: `k${n}` })));
    const received = [...(await queue.receive(10, 1)), ...(await queue.receive(10, 1))];
    expect(new Set(received.map(({ message }) => message.key)).size).to.equal(12);
    await queue.delete(received);
    expect(await queue.receive(10, 0)).to.deep.equal([]);
    expect(
      (await cloud.calls({ service: 'sqs' })).filter(({ action }) => action === 'SendMessageBatch'),
    ).to.have.length(2);
  });

  it('pools: what is written is read again; every call is granted by the pacer; nobody gets a message', async () => {
    const admin = new CognitoIdentityProviderClient(cloud.clientConfig(REGION));
    const { UserPool } = await admin.send(
      new CreateUserPoolCommand({
        PoolName: 'p',
        AutoVerifiedAttributes: ['email'],
        Schema: [{ Name: 'team', AttributeDataType: 'String', Mutable: true }],
      }),
    );
    const pool = UserPool?.Id as string;
    await admin.send(new AdminCreateUserCommand({ UserPoolId: pool, Username: 'first', MessageAction: 'SUPPRESS' }));
    const pacer = new CountingPacer({ callsPerSecond: 10, clock: systemClock });
    const options = { ...adapter, pacer };
    const reader = userPoolReader(options);
    const writer = userPoolWriter(options);
    const after = (await cloud.calls()).at(-1)?.sequence ?? 0;
    await writer.createGroup(pool, { name: 'staff', description: 'd', precedence: 0 });
    await writer.createGroup(pool, { name: 'staff', description: 'changed', precedence: 1 });
    const temporaryPassword = passwordFrom(randomBytes(PASSWORD_BYTES));
    const created = await writer.createUser(pool, {
      username: 'ana',
      temporaryPassword,
      attributes: { email: 'ana@example.test', email_verified: 'true', 'custom:team': 'a, "b" \\' },
    });
    const sub = 'sub' in created ? created.sub : '';
    expect((await reader.listUsersPage(pool, { filter: `sub = "${sub}"` })).items[0]?.username).to.equal('ana');
    expect(await writer.createUser(pool, { username: 'ana', temporaryPassword, attributes: {} })).to.deep.equal({
      refused: 'UsernameExistsException',
    });
    expect(await writer.setPassword(pool, sub, 'Long-enough-Passw0rd!')).to.equal('done');
    expect(await writer.addUserToGroup(pool, sub, 'staff')).to.equal('done');
    expect(await writer.removeUserFromGroup(pool, sub, 'staff')).to.equal('done');
    expect((await reader.listUsersInGroupPage(pool, 'staff', {})).items).to.deep.equal([]);
    expect(await writer.enableUser(pool, sub)).to.equal('done');
    expect(await writer.disableUser(pool, sub)).to.equal('done');
    expect(await writer.addUserToGroup(pool, 'ana', 'staff')).to.equal('done');
    expect(await writer.addUserToGroup(pool, 'nobody', 'staff')).to.deep.equal({ refused: 'UserNotFoundException' });
    expect(await writer.updateAttributes(pool, sub, { name: 'Ana' })).to.equal('done');
    const { items } = await reader.listUsersInGroupPage(pool, 'staff', {});
    expect(items[0]).to.include({ username: 'ana', enabled: false, status: 'CONFIRMED' });
    expect({ ...items[0]?.attributes }).to.include({ name: 'Ana', 'custom:team': 'a, "b" \\' });
    expect(await reader.listGroupsPage(pool, {})).to.deep.equal({
      items: [{ name: 'staff', description: 'changed', precedence: 1 }],
    });
    expect((await reader.listUsersPage(pool, { filter: `sub = "${items[0]?.sub ?? ''}"` })).items).to.have.length(1);
    expect(await reader.listUsersInGroupPage(pool, 'none', {})).to.deep.equal({ items: [] });
    expect((await reader.describe(pool)).settings).to.deep.include({
      autoVerifiedAttributes: ['email'],
      mfaConfiguration: 'OFF',
    });
    expect(await rejection(reader.describe('us-east-1_Missing'))).to.include({ name: 'UserPoolNotFound' });
    expect(await cloud.calls({ service: 'cognito-idp', after })).to.have.length(21);
    expect(pacer.granted).to.equal(21);
    expect(await cloud.endUserMessages()).to.deep.equal([]);
  });

  it("C17: pools: AWS's own recovery is seen, and no write that it pauses is taken for refused", async () => {
    const admin = new CognitoIdentityProviderClient(cloud.clientConfig(REGION));
    const pool = (await admin.send(new CreateUserPoolCommand({ PoolName: 'recovered' }))).UserPool?.Id as string;
    const options = { ...adapter, pacer: new CountingPacer({ callsPerSecond: 10, clock: systemClock }) };
    const [reader, writer] = [userPoolReader(options), userPoolWriter(options)];
    const recoveries = poolRecoveries(cloud, REGION, pool);
    expect(await reader.recoveries(pool)).to.deep.equal([]);
    const { RestoreId } = await recoveries.initiate();
    expect(await reader.recoveries(pool)).to.containSubset([{ id: RestoreId, status: 'PREVIEW_GENERATED' }]);
    for (const pausedError of ['OperationNotEnabledException', 'NotAuthorizedException']) {
      await cloud.configure({ recoveries: { pausedError } });
      expect(await rejection(writer.createGroup(pool, { name: 'staff' }))).to.include({ name: 'WritesPaused' });
      expect(await rejection(writer.disableUser(pool, 'nobody'))).to.include({ name: 'WritesPaused' });
    }
    await recoveries.cancel(RestoreId);
    expect(await writer.createGroup(pool, { name: 'staff' })).to.equal('done');
    await cloud.configure({
      faults: [{ action: 'ListPointInTimeRecoveries', fault: { kind: 'error', code: 'UnknownOperationException' } }],
    });
    expect(await reader.recoveries(pool), 'a Region that does not have them').to.deep.equal([]);
    await cloud.configure({ faults: [] });
    expect(await rejection(reader.recoveries('us-east-1_Missing'))).to.include({ name: 'UserPoolNotFound' });
    expect((await reader.describe(pool)).deletionProtected).to.equal(false);
  });

  it('executions: one that nobody knows, and one in a Region that is down, are gone', async () => {
    const status = executionStatus(adapter);
    expect(await status(`arn:aws:states:${REGION}:${cloud.account}:execution:ImportWorkflow-x:none`)).to.equal('gone');
    await cloud.configure({ regionsDown: ['eu-west-1'] });
    expect(await status(`arn:aws:states:eu-west-1:${cloud.account}:execution:ImportWorkflow-x:none`)).to.equal('gone');
  });
});
