import {
  CloudFormationClient,
  CreateStackCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { CreateRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect } from 'chai';
import { PRIMARY } from '../../tools/deploy/regions.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { DEFAULT_ACCOUNT } from '../../tools/local-cloud/options.ts';
import { rejection } from '../support/rejection.ts';

const OTHER_ACCOUNT = '444455556666';
const SOURCE = 'papers-of-one-account';
const VAULT = 'papers-of-another-account';
const STACK = { StackName: 'papers' };
const COPY = ['s3:ReplicateObject', 's3:ReplicateTags'];

const document = (...Statement: readonly object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

/** A bucket with rules, as CloudFormation makes it, and the role that copies. */
function template({ rules = true, trusted = 's3.amazonaws.com' } = {}): string {
  const rule = (Id: string, Priority: number, Filter: object): object => ({
    Id,
    Priority,
    Filter,
    Status: 'Enabled',
    DeleteMarkerReplication: { Status: 'Disabled' },
    Destination: { Bucket: `arn:aws:s3:::${VAULT}`, Account: OTHER_ACCOUNT },
  });
  const ReplicationConfiguration = {
    Role: { 'Fn::GetAtt': ['Copier', 'Arn'] },
    Rules: [
      rule('Kept', 1, { Prefix: 'kept/' }),
      rule('Marked', 2, { And: { Prefix: 'marked/', TagFilters: [{ Key: 'copy', Value: 'yes' }] } }),
    ],
  };
  return JSON.stringify({
    Resources: {
      Papers: {
        Type: 'AWS::S3::Bucket',
        Properties: {
          BucketName: SOURCE,
          VersioningConfiguration: { Status: 'Enabled' },
          ...(rules ? { ReplicationConfiguration } : {}),
        },
      },
      Copier: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: 'copier',
          AssumeRolePolicyDocument: {
            Statement: [{ Effect: 'Allow', Principal: { Service: trusted }, Action: 'sts:AssumeRole' }],
          },
        },
      },
    },
  });
}

/** Each of these fails without bucket_replication.py or buckets_of_others.py of tools/local-cloud/ministack/repairs. */
describe('local cloud: buckets of two accounts', function () {
  this.timeout(300_000);
  let cloud: LocalCloud;
  let own: S3Client;
  let other: S3Client;
  let iam: IAMClient;
  let mayCopy: (given?: {
    readonly from?: readonly string[];
    readonly to?: readonly string[];
    readonly owner?: string;
  }) => Promise<void>;
  let vaultLets: (...statements: readonly object[]) => Promise<unknown>;

  before(async () => {
    cloud = await startLocalCloud();
    own = new S3Client(cloud.clientConfig(PRIMARY));
    other = new S3Client(cloud.inAccount(OTHER_ACCOUNT).clientConfig(PRIMARY));
    iam = new IAMClient(cloud.clientConfig(PRIMARY));
    await other.send(new CreateBucketCommand({ Bucket: VAULT }));
    await other.send(new PutBucketVersioningCommand({ Bucket: VAULT, VersioningConfiguration: { Status: 'Enabled' } }));
    vaultLets = (...statements) =>
      other.send(new PutBucketPolicyCommand({ Bucket: VAULT, Policy: document(...statements) }));
    mayCopy = async ({
      from = ['s3:GetObjectVersionForReplication', 's3:GetObjectVersionAcl', 's3:GetObjectVersionTagging'],
      to = COPY,
      owner = OTHER_ACCOUNT,
    } = {}) => {
      const allow = (Action: readonly string[], Resource: string, Condition?: object): object => ({
        Effect: 'Allow',
        Action,
        Resource,
        ...(Condition === undefined ? {} : { Condition }),
      });
      await iam.send(
        new PutRolePolicyCommand({
          RoleName: 'copier',
          PolicyName: 'Copy',
          PolicyDocument: document(
            allow(['s3:GetReplicationConfiguration', 's3:ListBucket'], `arn:aws:s3:::${SOURCE}`),
            allow(from, `arn:aws:s3:::${SOURCE}/*`),
            allow(to, `arn:aws:s3:::${VAULT}/*`, { StringEquals: { 'aws:ResourceAccount': owner } }),
          ),
        }),
      );
    };
    const cloudFormation = new CloudFormationClient(cloud.clientConfig(PRIMARY));
    await cloudFormation.send(
      new CreateStackCommand({ ...STACK, TemplateBody: template(), Capabilities: ['CAPABILITY_NAMED_IAM'] }),
    );
    await waitUntilStackCreateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, STACK);
    await mayCopy();
    await vaultLets(copies);
  });
  after(() => cloud?.stop());

  const role = (name: string): string => `arn:aws:iam::${cloud.account}:role/${name}`;
  const ofRole = (name: string): object => ({
    Principal: { AWS: `arn:aws:iam::${DEFAULT_ACCOUNT}:root` },
    Condition: { ArnLike: { 'aws:PrincipalArn': [`arn:aws:iam::${DEFAULT_ACCOUNT}:role/${name}*`] } },
  });
  const copies = { Effect: 'Allow', ...ofRole('copier'), Action: COPY, Resource: `arn:aws:s3:::${VAULT}/*` };
  const reads = [
    { Effect: 'Allow', ...ofRole('reader'), Action: 's3:GetObject', Resource: `arn:aws:s3:::${VAULT}/kept/*` },
    { Effect: 'Allow', ...ofRole('reader'), Action: 's3:ListBucket', Resource: `arn:aws:s3:::${VAULT}` },
  ];
  /** The status of an object that is written now. */
  const statusOf = async (Key: string, Tagging = ''): Promise<string | undefined> => {
    await own.send(new PutObjectCommand({ Bucket: SOURCE, Key, Body: Key, ...(Tagging === '' ? {} : { Tagging }) }));
    return (await own.send(new HeadObjectCommand({ Bucket: SOURCE, Key }))).ReplicationStatus;
  };
  const copied = async (): Promise<readonly string[]> => {
    const { Contents = [] } = await other.send(new ListObjectsV2Command({ Bucket: VAULT }));
    return Contents.map(({ Key = '' }) => Key).sort();
  };
  const tagsOf = async (client: S3Client, Bucket: string, Key: string): Promise<object | undefined> =>
    (await client.send(new GetObjectTaggingCommand({ Bucket, Key }))).TagSet;

  it('17.7: copies what the rules name to a bucket of another account, with its tags, also later ones, and no deletion', async () => {
    expect(await statusOf('kept/a')).to.equal('COMPLETED');
    expect(await statusOf('elsewhere/a')).to.equal(undefined);
    expect(await statusOf('marked/no')).to.equal(undefined);
    expect(await statusOf('marked/yes', 'copy=yes')).to.equal('COMPLETED');
    expect(await copied()).to.deep.equal(['kept/a', 'marked/yes']);
    const { Body, ReplicationStatus } = await other.send(new GetObjectCommand({ Bucket: VAULT, Key: 'kept/a' }));
    expect([await Body?.transformToString(), ReplicationStatus]).to.deep.equal(['kept/a', 'REPLICA']);
    const TagSet = [{ Key: 'snapshot', Value: 'superseded' }];
    await own.send(new PutObjectTaggingCommand({ Bucket: SOURCE, Key: 'kept/a', Tagging: { TagSet } }));
    expect(await tagsOf(other, VAULT, 'kept/a')).to.deep.equal(TagSet);
    await own.send(new DeleteObjectCommand({ Bucket: SOURCE, Key: 'kept/a' }));
    expect(await copied()).to.deep.equal(['kept/a', 'marked/yes']);
  });

  it("17.7: fails what the vault's policy, the role's own, or its trust does not allow", async () => {
    await vaultLets({ ...copies, Resource: `arn:aws:s3:::${VAULT}/others/*` });
    expect(await statusOf('kept/policy')).to.equal('FAILED');
    await vaultLets({ ...copies, ...ofRole('somebody-else') });
    expect(await statusOf('kept/another-role')).to.equal('FAILED');
    await vaultLets(copies);
    for (const given of [{ from: ['s3:GetObject'] }, { to: ['s3:PutObject'] }, { owner: cloud.account }]) {
      await mayCopy(given);
      expect(await statusOf('kept/role'), JSON.stringify(given)).to.equal('FAILED');
    }
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'copier', PolicyName: 'Copy' }));
    expect(await statusOf('kept/no-policy')).to.equal('FAILED');
    await mayCopy();
    expect(await statusOf('kept/again')).to.equal('COMPLETED');
    expect(await copied()).to.deep.equal(['kept/a', 'kept/again', 'marked/yes']);
  });

  it('17.7: a role of one account reads the bucket of another when its own policy and that of the bucket say so', async () => {
    const { Role } = await iam.send(
      new CreateRoleCommand({
        RoleName: 'reader',
        AssumeRolePolicyDocument: document({
          Effect: 'Allow',
          Principal: { AWS: cloud.account },
          Action: 'sts:AssumeRole',
        }),
      }),
    );
    expect(Role?.Arn).to.equal(role('reader'));
    const { Credentials } = await new STSClient(cloud.clientConfig(PRIMARY)).send(
      new AssumeRoleCommand({ RoleArn: role('reader'), RoleSessionName: 'reader' }),
    );
    const reader = new S3Client({
      ...cloud.clientConfig(PRIMARY),
      credentials: {
        accessKeyId: Credentials?.AccessKeyId ?? '',
        secretAccessKey: Credentials?.SecretAccessKey ?? '',
        sessionToken: Credentials?.SessionToken ?? '',
      },
    });
    const grant = (owner: string): Promise<unknown> =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName: 'reader',
          PolicyName: 'Read',
          PolicyDocument: document({
            Effect: 'Allow',
            Action: ['s3:GetObject', 's3:ListBucket'],
            Resource: [`arn:aws:s3:::${VAULT}`, `arn:aws:s3:::${VAULT}/*`],
            Condition: { StringEquals: { 'aws:ResourceAccount': owner } },
          }),
        }),
      );
    const get = (Key = 'kept/again'): Promise<unknown> => reader.send(new GetObjectCommand({ Bucket: VAULT, Key }));
    const denied = async (work: Promise<unknown>): Promise<void> => {
      expect((await rejection(work)).name).to.equal('AccessDenied');
    };
    await vaultLets(copies, ...reads);
    await denied(get());
    await grant(cloud.account);
    await denied(get());
    await grant(OTHER_ACCOUNT);
    await get();
    await reader.send(new ListObjectsV2Command({ Bucket: VAULT }));
    await denied(get('marked/yes'));
    await denied(reader.send(new PutObjectCommand({ Bucket: VAULT, Key: 'kept/again', Body: 'x' })));
    await vaultLets(copies);
    await denied(get());
    await vaultLets(copies, ...reads, {
      Effect: 'Deny',
      ...ofRole('reader'),
      Action: 's3:*',
      Resource: `arn:aws:s3:::${VAULT}/*`,
    });
    await denied(get());
  });

  it('17.7: a stack update ends the copies, or takes the role from Amazon S3', async () => {
    const cloudFormation = new CloudFormationClient(cloud.clientConfig(PRIMARY));
    const update = async (TemplateBody: string): Promise<void> => {
      await cloudFormation.send(
        new UpdateStackCommand({ ...STACK, TemplateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] }),
      );
      await waitUntilStackUpdateComplete({ client: cloudFormation, maxWaitTime: 60, minDelay: 1 }, STACK);
    };
    await update(template({ trusted: 'lambda.amazonaws.com' }));
    await mayCopy();
    expect(await statusOf('kept/trust')).to.equal('FAILED');
    await update(template({ rules: false }));
    expect(await statusOf('kept/rules')).to.equal(undefined);
  });
});
