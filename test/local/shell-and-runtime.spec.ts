import { CreateUserPoolCommand } from '@aws-sdk/client-cognito-identity-provider';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { expect } from 'chai';
import { strToU8, zipSync } from 'fflate';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { setEnvironment } from '../support/environment.ts';
import { HOSTILE_SHELL } from '../support/hostile-shell.ts';

const REGION = 'us-east-1';
const PROGRAM = `exports.handler = async () => ({ version: process.versions.node, variables: process.env });`;
interface Answer {
  readonly version: string;
  readonly variables: Readonly<Record<string, string>>;
}
const TRUST = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});

describe('local cloud, started from a shell with settings of its own', function () {
  this.timeout(600_000);
  let cloud: LocalCloud | undefined;
  let restore = (): void => {};
  let roleArn = '';

  before(async () => {
    restore = setEnvironment(HOSTILE_SHELL);
    cloud = await startLocalCloud();
    const { Role } = await new IAMClient(cloud.clientConfig(REGION)).send(
      new CreateRoleCommand({ RoleName: 'function', AssumeRolePolicyDocument: TRUST }),
    );
    roleArn = Role?.Arn ?? '';
  });
  after(async () => {
    await cloud?.stop();
    restore();
  });

  it('D20: its clients work, whatever the shell says about FIPS, profiles and proxies', async () => {
    const config = (cloud as LocalCloud).clientConfig(REGION);
    await new S3Client(config).send(new CreateBucketCommand({ Bucket: 'shell' }));
    await cognitoIn(cloud as LocalCloud, REGION).send(new CreateUserPoolCommand({ PoolName: 'shell' }));
    await (cloud as LocalCloud).configure({ quotas: false });
    expect((await (cloud as LocalCloud).calls()).map(({ action }) => action)).to.include.members([
      'CreateBucket',
      'CreateUserPool',
    ]);
  });

  it('D20, D21: a function sees nothing of the shell, and runs on the Node of its runtime', async () => {
    const { version, variables } = await answerOf('nodejs24.x');
    expect(version).to.match(/^24\./);
    expect(variables).to.include({ AWS_ENDPOINT_URL: (cloud as LocalCloud).endpoint });
    for (const [name, value] of Object.entries(HOSTILE_SHELL)) expect(variables[name], name).not.to.equal(value);
  });

  it('D21: a function of another runtime is refused, not run on the wrong Node', async () => {
    expect(JSON.stringify(await answerOf('nodejs22.x'))).to.contain('Unsupported runtime: nodejs22.x');
  });

  async function answerOf(Runtime: 'nodejs22.x' | 'nodejs24.x'): Promise<Answer> {
    const lambda = new LambdaClient((cloud as LocalCloud).clientConfig(REGION));
    const FunctionName = Runtime.replace('.', '-');
    const ZipFile = zipSync({ 'index.js': strToU8(PROGRAM) });
    await lambda.send(
      new CreateFunctionCommand({ FunctionName, Runtime, Handler: 'index.handler', Role: roleArn, Code: { ZipFile } }),
    );
    const { Payload } = await lambda.send(new InvokeCommand({ FunctionName }));
    return JSON.parse(Payload?.transformToString() ?? '') as Answer;
  }
});
