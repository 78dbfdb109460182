import { expect } from 'chai';
import { deployDeclarationOf } from '../../../source/cli/deploy.ts';
import { ANSWERS_FILE } from '../../../source/cli/deploy/launch-memory.ts';
import { STACK_SET_TEMPLATE } from '../../../source/domain/operator/build/fill-build.ts';
import { assetsNamedIn } from '../../../source/domain/operator/build/placeholders.ts';
import { parameterSourceOf } from '../../../source/domain/operator/deploy/parameters.ts';
import { CliProcess } from '../../support/cli/cli-process.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { ACCOUNT, mainStack } from '../../support/cli/stacks.ts';
import { mainTemplate, stackSetTemplate } from '../../support/templates.ts';

const FILES = {
  parameters: () => parameterSourceOf(mainTemplate),
  openBuild: () => ({
    mainTemplate: mainTemplate.text,
    stackSetTemplate: stackSetTemplate.text,
    notice: '',
    assets: new Map(
      [...assetsNamedIn(mainTemplate.text), ...assetsNamedIn(stackSetTemplate.text)]
        .filter((name) => name !== `${STACK_SET_TEMPLATE}.template`)
        .map((name): [string, Uint8Array] => [name, Buffer.from(name)]),
    ),
  }),
};
const LAUNCH = ['deploy', '--pool', 'us-east-1_AbC', '--backup-region', 'eu-west-1', '--email', 'ops@example.com'];
const STACK_ID = 'arn:aws:cloudformation:us-east-1:111122223333:stack/CognitoUserProfilesExport/1';

describe('command line: deploy', () => {
  let cli: CliProcess;
  /** Status of the one stack; undefined as long as there is none. */
  let status: string | undefined;
  const run = (args: readonly string[]): Promise<number> => cli.run(args, [deployDeclarationOf(FILES)]);

  beforeEach(() => {
    cli = new CliProcess();
    status = undefined;
    const stack = () => (status === undefined ? [] : [{ ...mainStack({ status }), StackId: STACK_ID }]);
    cli.cloud
      .on('GetCallerIdentity', () => ({ Account: ACCOUNT }))
      .on('DescribeStacks', () => ({ Stacks: stack() }))
      .on('DescribeStackEvents', () => ({ StackEvents: [] }))
      .on('HeadBucket', () => {
        throw awsError('NotFound', 'NotFound', { $metadata: { httpStatusCode: 404 } });
      })
      .on('ListChangeSets', () => ({ Summaries: [] }))
      .on('CreateChangeSet', () => {
        status = 'REVIEW_IN_PROGRESS';
        return { Id: 'change-set', StackId: STACK_ID };
      })
      .on('DescribeChangeSet', () => ({ Status: 'CREATE_COMPLETE', Changes: [] }))
      .on('DeleteStack', () => {
        status = undefined;
        return {};
      });
    for (const action of ['CreateBucket', 'PutPublicAccessBlock', 'PutBucketTagging', 'PutObject', 'DeleteChangeSet'])
      cli.cloud.on(action, () => ({}));
  });

  it('O15: names the account that must own the bucket in every call to one, and makes it out of reach for the public', async () => {
    await run(LAUNCH);
    const buckets = cli.cloud.inputs.filter(({ input }) => 'Bucket' in input && input['Bucket'] !== undefined);
    expect(buckets.map(({ action }) => action)).to.include.members(['HeadBucket', 'PutPublicAccessBlock', 'PutObject']);
    for (const { action, input } of buckets)
      if (action !== 'CreateBucket') expect(input, action).to.include({ ExpectedBucketOwner: ACCOUNT });
    expect(new Set(buckets.map(({ input }) => input['Bucket']))).to.have.all.keys(
      `cognito-export-${ACCOUNT}-abababab-us-east-1`,
      `cognito-export-${ACCOUNT}-abababab-eu-west-1`,
    );
  });

  it('O15: refuses a bucket of the remembered name that belongs to somebody else, and uploads nothing', async () => {
    await run(LAUNCH);
    cli.cloud.calls.length = 0;
    cli.cloud.on('HeadBucket', () => {
      throw awsError('Forbidden', 'Forbidden', { $metadata: { httpStatusCode: 403 } });
    });
    expect(await run(LAUNCH)).to.equal(4);
    expect(cli.err).to.include(`cognito-export-${ACCOUNT}-abababab`).and.include('belongs to another account');
    expect(cli.cloud.calls.join()).to.not.include('PutObject').and.not.include('CreateBucket');
  });

  it('O15: takes a creation back that is not agreed to, with the stack that was only proposed', async () => {
    expect(await run(LAUNCH)).to.equal(4);
    expect(cli.err).to.include('--yes');
    expect(cli.cloud.calls.filter((call) => /DeleteChangeSet|DeleteStack/.test(call))).to.deep.equal([
      'cloudFormation DeleteChangeSet us-east-1',
      'cloudFormation DeleteStack us-east-1',
    ]);
    cli.terminal = true;
    cli.answers = [false];
    expect(await run(LAUNCH)).to.equal(4);
    expect(cli.questions).to.deep.equal(['Launch it?']);
    expect(cli.cloud.calls.join()).to.not.include('ExecuteChangeSet');
  });

  it('O15: asks for what is missing where a terminal is there, and remembers the answers; elsewhere names the options', async () => {
    expect(await run(['deploy'])).to.equal(2);
    for (const flag of ['primary-user-pool-id', 'secondary-region', 'notification-email'])
      expect(cli.err).to.include(flag);
    cli.terminal = true;
    cli.answers = ['us-east-1_AbC', 'eu-west-1', 'ops@example.com', false];
    expect(await run(['deploy'])).to.equal(4);
    expect(cli.files.get(ANSWERS_FILE)).to.include('"PrimaryUserPoolId": "us-east-1_AbC"');
    cli.terminal = false;
    expect(await run(['deploy'])).to.equal(4);
  });

  it('O15: offers to delete what a failed launch has left, and takes no other way', async () => {
    status = 'ROLLBACK_COMPLETE';
    expect(await run(LAUNCH)).to.equal(4);
    expect(cli.err).to.include('keeps its name until it is deleted').and.include('--yes');
    expect(cli.cloud.calls.join()).to.not.include('DeleteStack');
    cli.terminal = true;
    cli.answers = [true, false];
    await run(LAUNCH);
    expect(cli.questions[0]).to.include('Delete the stack');
    expect(cli.cloud.calls.join()).to.include('DeleteStack').and.include('CreateChangeSet');
  });

  it('O15: says what to do with an update whose rollback failed', async () => {
    status = 'UPDATE_ROLLBACK_FAILED';
    expect(await run(LAUNCH)).to.equal(4);
    expect(cli.err).to.include('continue-update-rollback');
  });

  it('O15: refuses to change the pool and the backup Region of a launch before anything is written', async () => {
    status = 'CREATE_COMPLETE';
    cli.cloud.on('GetTemplate', () => ({ TemplateBody: mainTemplate.text }));
    expect(await run(['deploy', '--backup-region', 'eu-central-1'])).to.equal(2);
    expect(cli.err).to.include('SecondaryRegion').and.include('cannot be changed');
    expect(cli.cloud.calls.join()).to.not.include('CreateBucket');
  });

  it('names an answers file that cannot be read or written, before anything is made', async () => {
    cli.writePrivateFile = () => Promise.reject(new Error("EACCES: permission denied, open '/etc/.a.json.tmp'"));
    expect(await run([...LAUNCH, '--answers', '/etc/a.json'])).to.equal(5);
    expect(cli.err).to.equal(
      '/etc/a.json: it cannot be written (EACCES: permission denied). Name another file with --answers.\n',
    );
    cli.readFile = () => Promise.reject(new Error('EISDIR: illegal operation on a directory, read'));
    expect(await run([...LAUNCH, '--answers', '/etc'])).to.equal(4);
    expect(cli.err).to.equal(
      'Answers file /etc: it cannot be read (EISDIR: illegal operation on a directory). Name another file with --answers.\n',
    );
    expect(cli.cloud.calls.filter((call) => /Create|Put/.test(call))).to.deep.equal([]);
  });

  it('O15: refuses values that the template would refuse, and an answers file of something else', async () => {
    for (const [args, said] of [
      [['--cognito-tps', '7'], 'must be one of 1, 5'],
      [['--tag', 'nothing'], 'is no tag'],
      [['--bucket', 'Not A Bucket'], '--bucket'],
      [['--primary-user-pool-id', 'us-east-1_Other'], 'given twice'],
    ] as const) {
      expect(await run([...LAUNCH, ...args]), args.join(' ')).to.equal(2);
      expect(cli.err).to.include(said);
    }
    cli.files.set('other.json', '{}');
    expect(await run([...LAUNCH, '--answers', 'other.json'])).to.equal(4);
  });
});
