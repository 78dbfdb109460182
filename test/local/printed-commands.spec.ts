import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { createDemoPool, loadPool } from '../../tools/demo/seed/load.ts';
import { populationOf } from '../../tools/demo/seed/population.ts';
import { lookAround } from '../../tools/demo/steps/keep.ts';
import { cognitoIn } from '../../tools/deploy/clients.ts';
import { inventory } from '../../tools/deploy/inventory.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import { projectRoot } from '../../tools/deploy/solution.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { shellCommands } from '../../tools/local-cloud/shell-environment.ts';
import { ShellSession } from '../support/aws-cli/shell-session.ts';

const STACK = 'CognitoUserProfilesExport';
/** The blocks of README in which a person types commands of AWS, in the order in which they stand there. */
const BLOCKS = [...readFileSync(join(projectRoot, 'README.md'), 'utf8').matchAll(/^```bash\n([^]*?)^```$/gmu)]
  .map(([, block = '']) => block)
  .filter((block) => /^\s*aws |\$\(aws /mu.test(block));

/** The only block with this text; what stands in it by way of example is replaced. */
function block(text: string, values: Readonly<Record<string, string>> = {}): string {
  const [found = '', ...others] = BLOCKS.filter((one) => one.includes(text));
  expect(others, `blocks of README with ${text}`).to.deep.equal([]);
  used.add(found);
  return Object.entries(values).reduce((commands, [name, value]) => {
    const assignment = new RegExp(`^${name}=\\S+`, 'mu');
    expect(commands, `README sets ${name}`).to.match(assignment);
    return commands.replace(assignment, `${name}=${value}`);
  }, found);
}
const used = new Set<string>();

describe('the commands that README, the demo and the local cloud print, typed with the AWS CLI', function () {
  this.timeout(600_000);
  let cloud: LocalCloud;
  let shell: ShellSession;
  let pool = '';

  /** Types commands; each must end well. */
  async function type(commands: string): Promise<string> {
    const { printed, failed } = await shell.run(commands);
    expect(failed, printed).to.deep.equal([]);
    return printed;
  }

  before(async () => {
    cloud = await startLocalCloud({ waitScale: 0.05 });
    shell = await ShellSession.start();
    const { users, groups } = populationOf({ users: 40, usersCsv: undefined });
    pool = await createDemoPool(cognitoIn(cloud, PRIMARY), 'customers');
    await loadPool({ cloud, region: PRIMARY, poolId: pool }, groups, users);
  });
  after(async () => {
    shell.close();
    await cloud.stop();
  });

  it('the local cloud: its variables lead every service to it, also those that version 1 of the CLI would ask AWS for', async () => {
    await type(shellCommands(cloud.endpoint, cloud.credentials, PRIMARY));
    await type('aws sqs list-queues; aws sts get-caller-identity; aws s3 ls; aws ssm describe-parameters');
  });

  it('README: a launch', async () => {
    await type(block('aws s3 mb', { POOL: pool, PRIMARY, SECONDARY, STACK }));
    expect(await type(block("[OutputKey,OutputValue]' --output table"))).to.include('SecondaryVerifyWorkflowArn');
  });

  it('README: a launch that is refused says why, and its name is free again', async () => {
    const launch = block('aws s3 mb');
    const create = launch.slice(launch.indexOf('aws cloudformation create-stack'));
    const { failed } = await shell.run(`STACK=Refused POOL=${PRIMARY}_0Missing0\n${create}`);
    expect(failed).to.have.length.above(0);
    expect(await type(block('describe-stack-events'))).to.include(`${PRIMARY}_0Missing0 does not exist`);
    await type(`aws cloudformation wait stack-delete-complete --stack-name $STACK; STACK=${STACK} POOL=${pool}`);
  });

  it('README: an export, a restore and a verification, each followed to its end', async () => {
    const launched =
      'EXECUTION=$(aws stepfunctions list-executions --state-machine-arn $(output ExportWorkflowArn) --query "executions[0].executionArn" --output text)\nfollow $EXECUTION';
    expect(await type(launched)).to.include('SUCCEEDED');
    expect(await type(block('output ExportWorkflowArn'))).to.include('SUCCEEDED');
    const newPool = await createDemoPool(cognitoIn(cloud, SECONDARY), 'customers-restored');
    expect(await type(block('starts_with(name', { NEW_POOL: newPool })))
      .to.match(/SUCCEEDED.*users restored/)
      .and.include('/report/failures.csv');
    expect(await type(block('output SecondaryVerifyWorkflowArn'))).to.match(/SUCCEEDED.*"differences": ?0/);
  });

  it('the demo: how to look around', async () => {
    const commands = lookAround(cloud, STACK)
      .split('\n')
      .filter((line) => line.startsWith('  ') && !line.includes('npm run'));
    expect(commands).to.have.length.above(12);
    const printed = await type(commands.join('\n'));
    expect(printed)
      .to.match(/MEMBER_OF#.*PROFILE/su)
      .and.include('done_instead')
      .and.include('endedAt');
    // What is shown can be read.
    expect(printed.split('\n')).to.have.length.below(400);
  });

  it('README: an uninstall leaves the data, and its commands remove all of it, old versions too', async () => {
    await type(block('STACK_ID=$(aws'));
    expect(await type(block('list-stacks')))
      .to.include(':stack/')
      .and.include(`${STACK}-BackupTable-`);
    expect((await inventory(cloud.clientConfig, PRIMARY)).tables).to.have.length(1);
    await type(block('--no-deletion-protection-enabled'));
    for (const region of [PRIMARY, SECONDARY])
      expect((await inventory(cloud.clientConfig, region)).tables, region).to.deep.equal([]);
    const printed = await type(block('list-object-versions'));
    expect(printed.split('\n').filter((line) => line.startsWith('removing '))).to.have.length(4);
    await type('for REGION in $PRIMARY $SECONDARY; do aws s3 rb --force s3://$BUCKET-$REGION; done');
    // The launch that was refused keeps the buckets of its access logs: of that stack, not of this one.
    const { buckets } = await inventory(cloud.clientConfig, PRIMARY);
    expect(buckets.filter((name) => !name.includes('accesslogbucket'))).to.deep.equal([]);
  });

  it('README has no other commands of AWS', () => {
    expect(BLOCKS.filter((one) => !used.has(one))).to.deep.equal([]);
  });
});
