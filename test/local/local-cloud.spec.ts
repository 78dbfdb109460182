import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackCommand,
  DeleteStackSetCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackInstancesCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { expect } from 'chai';
import { build } from 'esbuild';
import { zipSync } from 'fflate';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

const SUPPORT = join(import.meta.dirname, '..', 'support', 'local-cloud');
const PRIMARY = 'us-east-1';
const BACKUP = 'eu-west-1';

describe('local cloud', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let cloudFormation: CloudFormationClient;

  before(async () => {
    cloud = await startLocalCloud();
    cloudFormation = new CloudFormationClient(cloud.clientConfig(PRIMARY));
  });
  after(async () => {
    await cloud?.stop();
    expect(await processesOf(cloud)).to.deep.equal([]);
  });

  describe('StackSet owned by a custom resource, with IAM enforced', () => {
    it('creates an instance in each Region, and only what its conditions say', async () => {
      await uploadAssets(cloud);
      await cloudFormation.send(
        new CreateStackCommand({
          StackName: 'main',
          TemplateURL: `https://assets.s3.${PRIMARY}.amazonaws.com/main.yaml`,
          Capabilities: ['CAPABILITY_IAM'],
          Parameters: parameters('first'),
        }),
      );
      expect(await settled(cloudFormation, 'main')).to.equal('CREATE_COMPLETE');
      expect(await resourcesOf(cloud, PRIMARY)).to.deep.equal(['ByMapping', 'BySub', 'Note', 'PrimaryOnly']);
      expect(await resourcesOf(cloud, BACKUP)).to.deep.equal(['BackupOnly', 'ByMapping', 'Note']);
      expect(await noteIn(cloud, BACKUP)).to.equal('first');
    });

    it('shows which function made which call', async () => {
      const calls = (await cloud.calls({ service: 'cloudformation', action: 'CreateStackInstances' })).filter(
        (call) => call.caller !== undefined,
      );
      expect(calls).to.have.length(1);
      expect(calls[0]?.caller).to.match(/^main-Function-/);
      expect(calls[0]).to.include({ region: PRIMARY, status: 200 });
    });

    it('refuses to delete a StackSet that has instances', async () => {
      const refused = await cloudFormation
        .send(new DeleteStackSetCommand({ StackSetName: 'local-cloud-test' }))
        .catch((error: Error) => error.name);
      expect(refused).to.equal('StackSetNotEmptyException');
    });

    it('brings a changed parameter to both Regions', async () => {
      await cloudFormation.send(
        new UpdateStackCommand({
          StackName: 'main',
          UsePreviousTemplate: true,
          Capabilities: ['CAPABILITY_IAM'],
          Parameters: parameters('second'),
        }),
      );
      expect(await settled(cloudFormation, 'main')).to.equal('UPDATE_COMPLETE');
      expect([await noteIn(cloud, PRIMARY), await noteIn(cloud, BACKUP)]).to.deep.equal(['second', 'second']);
    });

    it('removes instances and StackSet', async () => {
      await cloudFormation.send(new DeleteStackCommand({ StackName: 'main' }));
      expect(await settled(cloudFormation, 'main')).to.equal('DELETE_COMPLETE');
      for (const region of [PRIMARY, BACKUP]) expect(await instanceStack(cloud, region)).to.equal(undefined);
      const name = await cloudFormation
        .send(new DescribeStackSetCommand({ StackSetName: 'local-cloud-test' }))
        .catch((error: Error) => error.name);
      expect(name).to.equal('StackSetNotFoundException');
    });
  });

  it('says why an operation without its execution role failed, and cancels the Region after it', async () => {
    await cloudFormation.send(
      new CreateStackSetCommand({ StackSetName: 'no-role', TemplateBody: 'Resources: {T: {Type: "AWS::SNS::Topic"}}' }),
    );
    const { OperationId } = await cloudFormation.send(
      new CreateStackInstancesCommand({
        StackSetName: 'no-role',
        Accounts: [cloud.account],
        Regions: [PRIMARY, BACKUP],
      }),
    );
    for (;;) {
      const { StackSetOperation } = await cloudFormation.send(
        new DescribeStackSetOperationCommand({ StackSetName: 'no-role', OperationId }),
      );
      if (StackSetOperation?.Status !== 'RUNNING') {
        expect(StackSetOperation?.Status).to.equal('FAILED');
        break;
      }
    }
    const { Summaries = [] } = await cloudFormation.send(new ListStackInstancesCommand({ StackSetName: 'no-role' }));
    expect(Summaries.map((instance) => instance.StackInstanceStatus?.DetailedStatus)).to.deep.equal([
      'FAILED',
      'CANCELLED',
    ]);
    expect(Summaries[0]?.StatusReason).to.contain('AWSCloudFormationStackSetAdministrationRole');
  });

  it('leaves nothing running when its starter is killed', async () => {
    const script = `import { startLocalCloud } from ${JSON.stringify(join(import.meta.dirname, '../../tools/local-cloud/index.ts'))};
      const cloud = await startLocalCloud(); console.log(cloud.stateFolder); setInterval(() => {}, 1000);`;
    const starter = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const stateFolder = await new Promise<string>((resolve, reject) => {
      starter.stdout.once('data', (data: Buffer) => {
        resolve(data.toString().trim());
      });
      starter.once('exit', (code) => {
        reject(new Error(`The starter ended with ${String(code)}.`));
      });
    });
    expect(await processesOf({ stateFolder })).to.have.length.greaterThan(1);
    starter.kill('SIGKILL');
    const deadline = performance.now() + 60_000;
    while ((await processesOf({ stateFolder })).length > 0 && performance.now() < deadline) await pause();
    expect(await processesOf({ stateFolder })).to.deep.equal([]);
  });
});

function parameters(message: string): Array<{ ParameterKey: string; ParameterValue: string }> {
  const values = {
    CodeBucket: 'assets',
    CodeKey: 'owner.zip',
    TemplateUrl: `https://assets.s3.${PRIMARY}.amazonaws.com/instance.yaml`,
    BackupRegion: BACKUP,
    Message: message,
  };
  return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

async function uploadAssets(cloud: LocalCloud): Promise<void> {
  const s3 = new S3Client(cloud.clientConfig(PRIMARY));
  const { outputFiles } = await build({
    entryPoints: [join(SUPPORT, 'stack-set-owner.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  await s3.send(new CreateBucketCommand({ Bucket: 'assets' }));
  const objects = {
    'owner.zip': zipSync({ 'index.mjs': outputFiles[0]?.contents ?? new Uint8Array() }),
    'main.yaml': readFileSync(join(SUPPORT, 'main.yaml')),
    'instance.yaml': readFileSync(join(SUPPORT, 'instance.yaml')),
  };
  for (const [Key, Body] of Object.entries(objects))
    await s3.send(new PutObjectCommand({ Bucket: 'assets', Key, Body }));
}

async function settled(client: CloudFormationClient, name: string): Promise<string> {
  for (;;) {
    const { Stacks } = await client
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch(() => ({ Stacks: undefined }));
    const status = Stacks?.[0]?.StackStatus ?? 'DELETE_COMPLETE';
    if (!status.endsWith('IN_PROGRESS')) return status;
    await pause();
  }
}

async function instanceStack(cloud: LocalCloud, region: string): Promise<string | undefined> {
  const { Stacks = [] } = await new CloudFormationClient(cloud.clientConfig(region)).send(
    new DescribeStacksCommand({}),
  );
  return Stacks.find((stack) => stack.StackName?.startsWith('StackSet-local-cloud-test-'))?.StackName;
}

async function resources(cloud: LocalCloud, region: string): Promise<Map<string, string>> {
  const name = await instanceStack(cloud, region);
  const { StackResources = [] } = await new CloudFormationClient(cloud.clientConfig(region)).send(
    new DescribeStackResourcesCommand({ StackName: name }),
  );
  return new Map(
    StackResources.map((resource) => [resource.LogicalResourceId ?? '', resource.PhysicalResourceId ?? '']),
  );
}

async function resourcesOf(cloud: LocalCloud, region: string): Promise<string[]> {
  return [...(await resources(cloud, region)).keys()].sort();
}

async function noteIn(cloud: LocalCloud, region: string): Promise<string | undefined> {
  const name = (await resources(cloud, region)).get('Note');
  return (await new SSMClient(cloud.clientConfig(region)).send(new GetParameterCommand({ Name: name }))).Parameter
    ?.Value;
}

/** Command lines and folders of running processes that belong to the cloud: each knows its state folder. */
async function processesOf({ stateFolder }: Pick<LocalCloud, 'stateFolder'>): Promise<string[]> {
  const ps = spawn('ps', ['axeww', '-o', 'pid=,args='], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  ps.stdout.on('data', (data: Buffer) => {
    output += data.toString();
  });
  await new Promise((resolve) => {
    ps.once('close', resolve);
  });
  return output.split('\n').filter((line) => line.includes(stateFolder));
}

function pause(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 100);
  });
}
