import { expect } from 'chai';
import type { Stack } from '@aws-sdk/client-cloudformation';
import type { CommandDeclaration } from '../../../source/cli/command.ts';
import { openSession } from '../../../source/cli/session.ts';
import type { Needs } from '../../../source/cli/session.ts';
import { CliProcess } from '../../support/cli/cli-process.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { ACCOUNT, instanceStack, mainStack } from '../../support/cli/stacks.ts';

/** A command that only finds its installation. */
const finding = (needs: Needs): CommandDeclaration => ({
  name: 'find',
  summary: 'find',
  examples: [],
  load: () =>
    Promise.resolve(async (context, { options }) => {
      const { installation } = await openSession(context, options, needs);
      context.output.summary({ blocks: [], data: { ...installation } });
      return 'complete';
    }),
});

/** The stacks of each Region, as DescribeStacks gives them. */
function processWith(stacks: Readonly<Record<string, readonly Stack[]>>): CliProcess {
  const cli = new CliProcess();
  cli.cloud
    .on('DescribeStacks', ({ StackName }, region) => {
      const found = (stacks[region] ?? []).filter((stack) => StackName === undefined || stack.StackName === StackName);
      if (StackName !== undefined && found.length === 0)
        throw awsError('ValidationError', `Stack with id ${StackName as string} does not exist`);
      return { Stacks: found };
    })
    .on('GetCallerIdentity', () => ({ Account: ACCOUNT }));
  return cli;
}

describe('command line: which installation is meant', () => {
  const find = (cli: CliProcess, args: readonly string[] = [], needs: Needs = {}) =>
    cli.run(['find', '--json', ...args], [finding(needs)]);
  const error = (cli: CliProcess) => JSON.parse(cli.err) as Record<string, string>;

  it('finds the only launch of a Region, and the one that --stack names among two', async () => {
    const cli = processWith({ 'us-east-1': [{ StackName: 'Other' } as Stack, mainStack()] });
    expect(await find(cli)).to.equal(0);
    expect(cli.lines[0]).to.include({ stackName: 'Backup', primaryRegion: 'us-east-1', secondaryRegion: 'eu-west-1' });
    const two = processWith({ 'us-east-1': [mainStack({ name: 'A' }), mainStack({ name: 'B' })] });
    expect(await find(two)).to.equal(2);
    expect(error(two).found).to.equal('2 launches of this product: A, B');
    expect(await find(two, ['--stack', 'B'])).to.equal(0);
    expect(two.lines[0]).to.include({ stackName: 'B' });
  });

  it('15.1: names account and Region where there is no such stack, or none at all', async () => {
    const cli = processWith({ 'us-east-1': [] });
    expect(await find(cli)).to.equal(6);
    expect(error(cli).found).to.equal(`no launch of this product in us-east-1 of the account ${ACCOUNT}`);
    expect(await find(cli, ['--stack', 'Missing'])).to.equal(6);
    expect(error(cli).found).to.equal(`there is no stack Missing in us-east-1 of the account ${ACCOUNT}`);
    const other = processWith({
      'us-east-1': [{ StackName: 'Shop', StackId: 'x', StackStatus: 'CREATE_COMPLETE' } as Stack],
    });
    expect(await find(other, ['--stack', 'Shop'])).to.equal(6);
    expect(error(other).found).to.equal('the stack Shop is no launch of this product');
  });

  it('15.1: starts nothing on a stack that failed to launch, is being changed or is being deleted, and says which it is', async () => {
    for (const [status, outputs, words] of [
      ['ROLLBACK_COMPLETE', false, 'its launch failed'],
      ['ROLLBACK_FAILED', false, 'its launch failed'],
      ['CREATE_IN_PROGRESS', false, 'CloudFormation is at work on it'],
      ['UPDATE_IN_PROGRESS', true, 'CloudFormation is at work on it'],
      ['UPDATE_ROLLBACK_IN_PROGRESS', true, 'CloudFormation is at work on it'],
      ['REVIEW_IN_PROGRESS', false, 'CloudFormation is at work on it'],
      ['DELETE_FAILED', true, 'it is being uninstalled'],
    ] as const) {
      const cli = processWith({ 'us-east-1': [mainStack({ status, outputs })] });
      expect(await find(cli, [], { settled: true }), status).to.equal(4);
      expect(error(cli).thing).to.equal('Stack Backup in us-east-1');
      expect(error(cli).found, status).to.include(`${status}: ${words}`);
    }
    for (const status of [
      'UPDATE_ROLLBACK_COMPLETE',
      'UPDATE_COMPLETE',
      'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'UPDATE_ROLLBACK_FAILED',
    ])
      expect(await find(processWith({ 'us-east-1': [mainStack({ status })] }), [], { settled: true }), status).to.equal(
        0,
      );
  });

  it('looks at a stack that is being updated, as long as nothing is to be started', async () => {
    expect(await find(processWith({ 'us-east-1': [mainStack({ status: 'UPDATE_IN_PROGRESS' })] }))).to.equal(0);
  });

  it('finds the launch from its backup Region, also while the primary Region does not answer', async () => {
    const cli = processWith({ 'us-east-1': [mainStack()], 'eu-west-1': [instanceStack()] });
    expect(await find(cli, ['--region', 'eu-west-1'])).to.equal(0);
    expect(cli.lines.at(-1)?.regions).to.have.length(2);
    expect(await find(cli, ['--region', 'eu-west-1', '--stack', 'Backup'])).to.equal(0);
    cli.cloud.down.add('us-east-1');
    expect(await find(cli, ['--region', 'eu-west-1', '--stack', 'Backup'])).to.equal(0);
    expect(cli.lines.at(-1)?.regions).to.have.length(1);
    expect(cli.lines.at(-1)).to.include({ stackName: 'Backup', tableName: 'Backup-BackupTable-1ABCDEF' });
    expect(await find(cli, [], { otherRegion: 'eu-west-1' })).to.equal(0);
    expect(cli.lines.at(-1)?.regions).to.have.length(1);
  });

  it('15.1: tells no network, expired, missing, wrong and insufficient credentials apart', async () => {
    for (const [failure, code, words] of [
      [awsError('ExpiredToken'), 4, 'the AWS credentials have expired (ExpiredToken)'],
      [awsError('ExpiredTokenException'), 4, 'the AWS credentials have expired (ExpiredTokenException)'],
      [
        awsError('CredentialsProviderError', 'The SSO session associated with this profile has expired.'),
        4,
        'the AWS credentials have expired (CredentialsProviderError)',
      ],
      [
        awsError('CredentialsProviderError', 'Could not load credentials'),
        4,
        'no usable AWS credentials were found: Could not load credentials',
      ],
      [awsError('InvalidClientTokenId'), 4, 'AWS does not accept the credentials (InvalidClientTokenId)'],
      [
        awsError('AccessDenied', 'User: u is not authorized to perform: cloudformation:DescribeStacks'),
        4,
        'cloudformation:DescribeStacks',
      ],
      [awsError('Error', 'getaddrinfo ENOTFOUND', { code: 'ENOTFOUND' }), 5, 'no answer (ENOTFOUND)'],
      [awsError('TimeoutError'), 5, 'no answer (TimeoutError)'],
      [
        Object.assign(new AggregateError([awsError('Error', '', { code: 'ECONNREFUSED' })]), {}),
        5,
        'no answer (ECONNREFUSED)',
      ],
    ] as const) {
      const cli = new CliProcess();
      cli.cloud.on('DescribeStacks', () => {
        throw failure;
      });
      expect(await find(cli), words).to.equal(code);
      expect(error(cli).thing).to.equal('CloudFormation in us-east-1');
      expect(error(cli).found).to.include(words);
    }
  });

  it('asks for a Region where none is known, and refuses what is none', async () => {
    const cli = processWith({});
    cli.region = undefined;
    expect(await find(cli)).to.equal(2);
    expect(error(cli).found).to.include('no Region was given');
    expect(await find(cli, ['--region', 'useast1'])).to.equal(2);
    expect(error(cli).found).to.equal('"useast1" is no Region name');
    expect(cli.cloud.calls).to.deep.equal([]);
  });

  it('lets a typed profile win over keys of the environment', async () => {
    const cli = processWith({ 'us-east-1': [mainStack()] });
    cli.environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_SESSION_TOKEN: 'c' };
    expect(await find(cli, ['--profile', 'ops'])).to.equal(0);
    expect(cli.environment).to.deep.equal({ AWS_PROFILE: 'ops' });
  });

  it('takes AWS_PROFILE as a typed one, so that the SDK has nothing to say about keys beside it', async () => {
    const cli = processWith({ 'us-east-1': [mainStack()] });
    cli.environment = { AWS_PROFILE: 'ops', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' };
    expect(await find(cli)).to.equal(0);
    expect(cli.environment).to.deep.equal({ AWS_PROFILE: 'ops' });
  });

  it('refuses a name that no stack can have before it asks', async () => {
    const cli = processWith({});
    expect(await find(cli, ['--stack', 'bad name'])).to.equal(2);
    expect(error(cli).found).to.equal('"bad name" is no name for a stack');
    expect(cli.cloud.calls).to.deep.equal([]);
  });
});
