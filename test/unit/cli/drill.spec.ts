import { expect } from 'chai';
import type { CommandDeclaration } from '../../../source/cli/command.ts';
import { endDrills } from '../../../source/cli/uninstall/end-drills.ts';
import { DRILL_OUTPUTS, DrillCli } from '../../support/cli/drill-cli.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { InstalledCli } from '../../support/cli/installed.ts';
import { bucketIn, executionArn, mainStack } from '../../support/cli/stacks.ts';

const GOOD = {
  outcome: 'good',
  exportRun: '20260301T000000Z-0a1b2c3d',
  everybody: false,
  backup: { users: 1200, groups: 3, memberships: 40 },
  rehearsed: { users: 431, groups: 3, memberships: 20 },
  mostActiveUsers: 431,
  projectedSeconds: 600,
  settingsDiffer: [],
  leftOut: [],
  reportKey: 'verifications/drill-x/drill.json',
};
const flat = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('command line: drill', () => {
  it('17.6: says what may count as active, starts a sample in the Region, and tells how it ended', async () => {
    const cli = new DrillCli();
    cli.endWith({ status: 'SUCCEEDED', output: GOOD });
    expect(await cli.run(['drill', '--region', 'eu-west-1']), cli.err).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ Trigger: 'Command line' });
    expect(cli.cloud.calls).to.include('stepFunctions StartExecution eu-west-1');
    expect(flat(cli.out))
      .to.include('At most 500 users may count as active this month because of the drill')
      .and.include('431 users restored and compared')
      .and.include('A restore of everybody would take 10 min');
  });

  it('17.6: passes on how many, how fast, and everybody once that is agreed to', async () => {
    const cli = new DrillCli();
    cli.endWith({ status: 'SUCCEEDED', output: GOOD });
    expect(await cli.run(['drill', '--users', '60', '--tps', '5', '--json'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ Users: 60, CognitoTPS: 5, Trigger: 'Command line' });
    expect(cli.lines[0]).to.include({ most_active_users: 60 });
    expect(await cli.run(['drill', '--everybody', '--yes'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ Everybody: true, Trigger: 'Command line' });
    cli.terminal = true;
    cli.answers = [true];
    expect(await cli.run(['drill', '--everybody'])).to.equal(0);
    expect(cli.questions).to.deep.equal(['Restore everybody into the pool of the drill?']);
  });

  it('17.6: everybody without a yes, in a terminal or not, starts nothing and ends with 4', async () => {
    const cli = new DrillCli();
    for (const terminal of [false, true]) {
      cli.terminal = terminal;
      cli.answers = [false];
      expect(await cli.run(['drill', '--everybody'])).to.equal(4);
      expect(flat(cli.err)).to.include('Nothing was started. Give --yes');
    }
    expect(cli.cloud.calls.join()).to.not.include('StartExecution');
  });

  it('17.6: --clean-up names no cost, and says that nothing is left', async () => {
    const cli = new DrillCli();
    cli.endWith({ status: 'SUCCEEDED', output: { cleanedUp: true, records: 1 } });
    expect(await cli.run(['drill', '--clean-up'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ CleanUp: true, Trigger: 'Command line' });
    expect(cli.out).to.include('Nothing of drills is left').and.not.include('count as active');
  });

  it('17.6: what cannot be meant ends with 2, and nothing is started', async () => {
    const cli = new DrillCli();
    for (const [args, words] of [
      [['--users', '0'], '50'],
      [['--users', '49'], '50'],
      [['--users', 'many'], '50'],
      [['--users', '60', '--everybody'], '--users and --everybody'],
      [['--users', '60', '--clean-up'], '--users and --clean-up'],
      [['--everybody', '--clean-up'], '--everybody and --clean-up'],
      [['--tps', '26'], '25'],
      [['--region', 'mars'], 'no Region name'],
    ] as const) {
      expect(await cli.run(['drill', ...args]), args.join(' ')).to.equal(2);
      expect(flat(cli.err), args.join(' ')).to.include(words);
    }
    expect(await cli.run(['drill', '--region', 'eu-central-1'])).to.not.equal(0);
    expect(cli.cloud.calls.join()).to.not.include('StartExecution');
  });

  it('17.6: a launch of a version without drills says that there is no such workflow', async () => {
    const cli = new InstalledCli();
    expect(await cli.run(['drill'])).to.equal(5);
    expect(flat(cli.err)).to.include('DrillWorkflow in us-east-1');
    expect(cli.cloud.calls.join()).to.not.include('StartExecution');
  });

  for (const [error, code, words] of [
    ['ExecutionAlreadyRunning', 4, ''],
    ['RestoreInProgress', 4, 'Nothing while the restore runs'],
    ['NoSealedBackup', 6, 'Run ExportWorkflow in the primary Region'],
    ['PoolDiffers', 3, 'A restore would not bring back what the backup holds'],
    ['RestoreIncomplete', 3, 'A restore would not bring back what the backup holds'],
    ['PreflightFailed', 4, ''],
    ['LeaseLost', 5, ''],
    ['SomethingElse', 5, ''],
  ] as const)
    it(`17.6: one that ends as ${error} ends the command with ${code}`, async () => {
      const cli = new DrillCli();
      cli.endWith({ status: 'FAILED', error, cause: 'So it was.' });
      expect(await cli.run(['drill'])).to.equal(code);
      expect(flat(cli.out + cli.err))
        .to.include(words)
        .and.include(error);
    });

  it('17.6: Ctrl-C lets go of it, and tells how to attach', async () => {
    const cli = new DrillCli();
    cli.onDescribe = () => cli.interruption.interrupt();
    expect(await cli.run(['drill'])).to.equal(130);
    expect(flat(cli.out)).to.include('attach arn:aws:states:us-east-1');
  });
});

describe('command line: drills before an uninstallation', () => {
  const ofLaunch = mainStack();
  const outputs = Object.fromEntries(
    (ofLaunch.Outputs ?? []).map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
  const stack = {
    name: 'Backup',
    id: ofLaunch.StackId ?? '',
    status: 'CREATE_COMPLETE',
    createdAt: 0,
    parameters: Object.fromEntries(
      (ofLaunch.Parameters ?? []).map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
    ),
    tags: {},
    outputs: { ...outputs, ...DRILL_OUTPUTS },
  };
  const command: CommandDeclaration = {
    name: 'end-drills',
    summary: 'for this test',
    description: [],
    examples: [],
    configure: () => undefined,
    load: () =>
      Promise.resolve(async (context) => {
        await endDrills(context, stack);
        return 'complete';
      }),
  };
  const drill = executionArn('DrillWorkflow', 'us-east-1', 'at-work');
  const record = {
    name: 'CognitoUserProfilesExport-drill-0123456789ab-00',
    executionArn: drill,
    intendedAt: '2026-03-01T00:00:00.000Z',
  };
  const key = `drills/pools/${record.name}.json`;
  const aCli = (): DrillCli => {
    const cli = new DrillCli();
    cli.put('us-east-1', key, record);
    cli.executions.set(drill, { status: 'RUNNING' });
    cli.cloud.on('StopExecution', () => ({}));
    return cli;
  };

  it('17.6: the drill at work is stopped, and what it left is deleted; where there is none nothing is started', async () => {
    const cli = aCli();
    cli.endWith({ status: 'SUCCEEDED', output: { cleanedUp: true, records: 1 } });
    const ended = cli.onDescribe;
    cli.onDescribe = (...args) => {
      cli.objects.delete(`${bucketIn('us-east-1')}/${key}`);
      ended(...args);
    };
    expect(await cli.run(['end-drills'], [command]), cli.err).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ CleanUp: true, Trigger: 'Uninstall' });
    expect(
      cli.cloud.inputs.filter(({ action }) => action === 'StopExecution').map(({ input }) => input['executionArn']),
    ).to.deep.equal([drill]);
    expect(cli.out).to.not.include('may be left');
    expect(cli.cloud.calls.filter((call) => call.includes('StartExecution'))).to.deep.equal([
      'stepFunctions StartExecution us-east-1',
    ]);
  });

  for (const [what, prepare] of [
    ['a clean-up that fails', (cli: DrillCli) => cli.endWith({ status: 'FAILED', error: 'AccessDenied' })],
    [
      'a start that is refused',
      (cli: DrillCli) => cli.cloud.on('StartExecution', () => Promise.reject(awsError('AccessDeniedException'))),
    ],
    [
      'a pool that is still recorded afterwards',
      (cli: DrillCli) => cli.endWith({ status: 'SUCCEEDED', output: { cleanedUp: true, records: 1 } }),
    ],
  ] as const)
    it(`17.6: ${what} is told with the name by which the pool is found, and keeps nothing from going on`, async () => {
      const cli = aCli();
      prepare(cli);
      expect(await cli.run(['end-drills'], [command])).to.equal(0);
      expect(flat(cli.out))
        .to.include('A user pool of a drill may be left in us-east-1')
        .and.include('CognitoUserProfilesExport-drill-');
    });
});
