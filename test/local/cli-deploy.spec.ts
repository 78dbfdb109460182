/** One launch from its first to its last command; each step goes on where the one before has left it. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  PutBucketTaggingCommand,
  GetBucketTaggingCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { writePackageFolder } from '../../deployment/packaging/package-folder.ts';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { inventory } from '../../tools/deploy/inventory.ts';
import type { Inventory } from '../../tools/deploy/inventory.ts';
import { createPool } from '../../tools/deploy/pools.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { operatorOf } from '../support/local/operator.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import type { EndedCli } from '../support/local/packed-cli.ts';
import { steps } from '../support/steps.ts';
import { root } from '../support/templates.ts';

const STACK = 'CliLaunch';

describe('deploy and uninstall, the packed command line against the local cloud', function () {
  this.timeout(600_000);
  const step = steps();
  let folder: string;
  let cloud: LocalCloud;
  let pool: string;
  /** May what docs/security.md prints, and nothing else. */
  let operator: { readonly accessKeyId: string; readonly secretAccessKey: string };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cli-deploy-'));
    [cloud] = await Promise.all([startLocalCloud({ waitScale: 0.05 }), writePackageFolder(root, join(folder, 'dist'))]);
    pool = await createPool(cognitoIn(cloud, PRIMARY), 'users');
    operator = await operatorOf(cloud, 'Deploy', 'Delete data');
  });
  after(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @param interruptAt text of the output at which Ctrl-C is pressed */
  const cli = (args: readonly string[], interruptAt?: string): Promise<EndedCli> =>
    runPackedCli({ folder, cloud, keys: operator }, args, interruptAt);
  const remembered = (): { launches: { stack: string; bucket: string; parameters: Record<string, string> }[] } =>
    JSON.parse(readFileSync(join(folder, 'cognito-user-profiles-export.json'), 'utf8')) as never;
  const inventoryOf = (region: string): Promise<Inventory> => inventory(cloud.clientConfig, region);

  const LAUNCH = ['deploy', '--stack', STACK, '--backup-region', SECONDARY, '--email', 'ops@example.com'];

  step('tells a refused launch by its reason, and takes its name back at the next start', async () => {
    const { code, err } = await cli([...LAUNCH, '--pool', `${PRIMARY}_doesNotExist`, '--yes']);
    expect(code, err).to.equal(5);
    expect(err).to.include(`${PRIMARY}_doesNotExist`).and.include('StackCheckerCustomResource');
  });

  step('launches nothing without a yes, and leaves no stack that was only proposed', async () => {
    const { code, out, err } = await cli([...LAUNCH, '--stack', 'CliLaunchDeclined', '--pool', pool]);
    expect(code, err).to.equal(4);
    expect(out)
      .to.include('Permissions that both templates gain')
      .and.match(/SyncUsersRole: cognito-idp:ListUsers on/);
    expect((await inventoryOf(PRIMARY)).stacks).to.not.include('CliLaunchDeclined');
  });

  step('launches; Ctrl-C leaves CloudFormation to go on, and the same command joins it', async () => {
    const first = await cli([...LAUNCH, '--pool', pool, '--tag', 'Team=identity', '--yes'], 'CREATE_IN_PROGRESS');
    expect(first.code, first.err).to.equal(130);
    expect(first.out).to.include(`cognito-user-profiles-export deploy --region ${PRIMARY} --stack ${STACK}`);
    const { code, out, err } = await cli(['deploy', '--stack', STACK, '--yes']);
    expect(code, err).to.equal(0);
    // On a busy machine the launch has ended before the second command looks at it: then there is nothing to join.
    if (out.includes('Nothing to change')) return;
    expect(out).to.include('CREATE_COMPLETE').and.include('BackupTableName').and.include('Confirm two mails');
    expect(out).to.include('https://us-east-1.console.aws.amazon.com/cloudformation/');
  });

  step('keeps the build in buckets of its own that nothing public reaches', async () => {
    const launch = remembered().launches.find(({ stack }) => stack === STACK);
    expect(statSync(join(folder, 'cognito-user-profiles-export.json')).mode & 0o777).to.equal(0o600);
    for (const region of [PRIMARY, SECONDARY]) {
      const s3 = new S3Client(cloud.clientConfig(region));
      const Bucket = `${launch?.bucket ?? ''}-${region}`;
      const { PublicAccessBlockConfiguration } = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
      expect(Object.values(PublicAccessBlockConfiguration ?? {})).to.deep.equal([true, true, true, true]);
      const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket }));
      expect(TagSet).to.deep.include({ Key: 'MainStack', Value: STACK });
      expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).to.be.above(20);
    }
  });

  step('updates what is given and keeps the rest', async () => {
    const { code, out, err } = await cli(['deploy', '--stack', STACK, '--cognito-tps', '20', '--yes']);
    expect(code, err).to.equal(0);
    expect(out).to.include('CognitoTPS: 10 -> 20').and.include('UPDATE_COMPLETE');
    expect(out).to.include('Permissions that both templates gain: nothing changes');
    expect(remembered().launches.find(({ stack }) => stack === STACK)?.parameters).to.include({
      CognitoTPS: '20',
      PrimaryUserPoolId: pool,
    });
  });

  step('says that there is nothing to change', async () => {
    const { code, out, err } = await cli(['deploy', '--stack', STACK, '--yes']);
    expect(code, err).to.equal(0);
    expect(out).to.include('Nothing to change');
  });

  const dataIn = async (region: string): Promise<{ tables: readonly string[]; buckets: readonly string[] }> => {
    const { tables, buckets } = await inventoryOf(region);
    return { tables, buckets };
  };

  step('uninstalls, lists what stays, and deletes no data without the name of the stack', async () => {
    const [table = ''] = (await inventoryOf(PRIMARY)).tables;
    const wrong = await cli(['uninstall', '--stack', STACK, '--delete-data', '--confirm', 'Other', '--yes']);
    expect(wrong.code, wrong.out).to.equal(4);
    expect((await inventoryOf(PRIMARY)).stacks).to.include(STACK);
    const { code, out, err } = await cli(['uninstall', '--stack', STACK, '--yes']);
    expect(code, err).to.equal(0);
    const { buckets } = await dataIn(PRIMARY);
    for (const kept of [table, ...buckets.filter((name) => name.startsWith('stackset-'))]) expect(out).to.include(kept);
    for (const region of [PRIMARY, SECONDARY]) expect((await dataIn(region)).tables, region).to.deep.equal([table]);
    expect((await inventoryOf(PRIMARY)).stacks).to.deep.equal([]);
  });

  step('deletes the data of a launch that nobody remembers by its tags, and nothing of another launch', async () => {
    rmSync(join(folder, 'cognito-user-profiles-export.json'));
    const s3 = new S3Client(cloud.clientConfig(PRIMARY));
    const strangers = 'stackset-cognitouser-of-another-launch';
    await s3.send(new CreateBucketCommand({ Bucket: strangers }));
    const tag = { Key: 'MainStackId', Value: 'arn:aws:cloudformation:us-east-1:000000000000:stack/CliLaunch/other' };
    await s3.send(new PutBucketTaggingCommand({ Bucket: strangers, Tagging: { TagSet: [tag] } }));
    const { code, out, err } = await cli(['uninstall', '--stack', STACK, '--delete-data', '--confirm', STACK]);
    expect(code, err).to.equal(0);
    expect(out).to.include('Deleting the replica');
    for (const region of [PRIMARY, SECONDARY]) expect((await dataIn(region)).tables, region).to.deep.equal([]);
    const { buckets } = await dataIn(PRIMARY);
    expect(buckets.filter((name) => !name.startsWith('cognito-export-'))).to.deep.equal([strangers]);
    // Those of the launch that was declined.
    expect(buckets.filter((name) => name.startsWith('cognito-export-'))).to.have.length(2);
    const again = await cli(['uninstall', '--stack', STACK, '--delete-data', '--confirm', STACK]);
    expect(again.code, again.out).to.equal(6);
  });
});
