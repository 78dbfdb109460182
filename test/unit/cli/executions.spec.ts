import { expect } from 'chai';
import { snapshotManifestKey } from '../../../source/domain/backup/snapshot/names.ts';
import { executionProgressKey } from '../../../source/domain/workflow/progress.ts';
import { aManifest } from '../../support/cli/a-manifest.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { InstalledCli } from '../../support/cli/installed.ts';
import { executionArn } from '../../support/cli/stacks.ts';

const NAME = `cli-${'ab'.repeat(16)}`;
const NEW_POOL = 'us-east-1_Target001';
const SEALED = {
  manifest: {
    runId: '20260301T000000Z-0a1b2c3d',
    userPoolId: 'us-east-1_Source001',
    counts: { users: 3, groups: 1, memberships: 2 },
    added: { users: 3, groups: 1, memberships: 2 },
    changed: { users: 0, groups: 0, memberships: 0 },
    deleted: { users: 0, groups: 0, memberships: 0 },
    skipped: { federatedUsers: 0, federatedMemberships: 0 },
  },
};
const RESTORED = {
  outcome: 'complete',
  exportRun: '20260301T000000Z-0a1b2c3d',
  source: 'table',
  counts: { usersInBackup: 3, usersRestored: 3, groups: 1, memberships: 2, usersExcluded: 0 },
  report: { bucket: 'b', keys: ['restores/x/report/report.json'] },
};

describe('command line: export, import, verify and attach', () => {
  it('15.1: starts an export, shows users, memberships, calls per second and the time left, and tells how it ended', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: SEALED }, { after: 2 });
    const arn = executionArn('ExportWorkflow', 'us-east-1', NAME);
    cli.put('us-east-1', executionProgressKey(arn), {
      workflow: 'ExportWorkflow',
      executionArn: arn,
      phase: 'listing users',
      users: { done: 1200, of: 5000 },
      memberships: { done: 30 },
      calls: { done: 20, left: 60, perSecond: 9.12 },
      secondsLeft: 90,
      startedAt: '2026-03-01T00:00:00.000Z',
      at: '2026-03-01T00:00:00.000Z',
    });
    expect(await cli.run(['export', '--json'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ Trigger: 'Command line' });
    expect(cli.lines[0]).to.include({ message_type: 'status', execution_arn: arn, workflow: 'ExportWorkflow' });
    expect(cli.lines[2]).to.deep.equal({
      message_type: 'status',
      message: 'Listing users, 1,200 of 5,000 users, 30 memberships, 9.1 calls/s',
      percent_done: 0.25,
      seconds_remaining: 89,
      phase: 'listing users',
      seconds_elapsed: 1,
      users_done: 1200,
      users_total: 5000,
      memberships_done: 30,
      calls_done: 20,
      calls_left: 60,
      calls_per_second: 9.12,
    });
    expect(cli.summary).to.include({
      outcome: 'complete',
      status: 'SUCCEEDED',
      headline: 'Export of us-east-1_Source001 complete: 3 users',
    });
    expect(await cli.run(['export'])).to.equal(0);
    expect(cli.out)
      .to.include('users        3 (added 3, changed 0, deleted 0)')
      .and.include('cognito-user-profiles-export status');
  });

  it('15.1: follows for a long time with one listener for Ctrl-C, so that Node warns of no leak', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: SEALED }, { after: 40 });
    let listeners = 0;
    const follow = cli.interruption.follow.bind(cli.interruption);
    cli.interruption.follow = (work) =>
      follow((signal) => {
        const listen = signal.addEventListener.bind(signal);
        signal.addEventListener = (...args: Parameters<typeof listen>) => {
          listeners += 1;
          listen(...args);
        };
        return work(signal);
      });
    expect(await cli.run(['export'])).to.equal(0);
    expect(listeners).to.equal(1);
  });

  it('passes on what is accepted, by the word or the name of the input, and refuses other words', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: SEALED });
    expect(await cli.run(['export', '--accept', 'mass-delete,AllowMassChange'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ AllowMassDelete: true, AllowMassChange: true, Trigger: 'Command line' });
    expect(await cli.run(['export', '--accept', 'everything'])).to.equal(2);
    expect(cli.err).to.include('Allowed are mass-delete, mass-change, unsettled-recovery.');
  });

  it('starts a restore with every option, in the Region of the pool', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: RESTORED });
    const args = [
      '--run',
      '20260301T000000Z-0a1b2c3d',
      '--tps',
      '25',
      '--table',
      'Backup-BackupTable-2',
      '--accept',
      'triggers',
      '--accept',
      'unconfirmed,incomplete,recreate-missing,source-pool',
    ];
    expect(await cli.run(['import', '--to', 'eu-west-1_Target001', '--json', ...args])).to.equal(0);
    expect(cli.cloud.calls).to.include('stepFunctions StartExecution eu-west-1');
    expect(cli.startedWith).to.deep.equal({
      NewUserPoolId: 'eu-west-1_Target001',
      ExportRun: '20260301T000000Z-0a1b2c3d',
      CognitoTPS: 25,
      BackupTableName: 'Backup-BackupTable-2',
      AllowTriggers: true,
      RestoreUnconfirmed: true,
      AcceptIncomplete: true,
      RecreateMissing: true,
      AllowSourcePool: true,
    });
    const report = 'cognito-user-profiles-export report --to eu-west-1_Target001';
    expect(cli.summary.next, 'the newest backup is not what an earlier run was').to.deep.equal([report]);
    expect(await cli.run(['import', '--to', 'eu-west-1_Target001', '--json'])).to.equal(0);
    expect(cli.summary.next).to.deep.equal([report, 'cognito-user-profiles-export verify --pool eu-west-1_Target001']);
  });

  it('a restore that was stopped is gone on with by the command that is printed, a refused export leads to damage, another execution to itself', async () => {
    const cli = new InstalledCli();
    const line = ['import', '--to', 'us-east-1_Target001', '--tps', '25', '--stack', 'Backup', '--json'];
    cli.endWith({ status: 'ABORTED' });
    expect(await cli.run(line)).to.equal(5);
    expect((cli.summary.next as readonly string[])[0]).to.equal(
      'cognito-user-profiles-export import --to us-east-1_Target001 --tps 25 --stack Backup',
    );
    cli.endWith({ status: 'FAILED', error: 'MassDeleteRefused', cause: 'Export run would delete 3 of 4 users.' });
    expect(await cli.run(['export', '--stack', 'Backup', '--json'])).to.equal(4);
    expect(cli.summary.next).to.deep.equal([
      'cognito-user-profiles-export damage --stack Backup',
      'cognito-user-profiles-export status --stack Backup',
    ]);
    const other = executionArn('ImportWorkflow', 'us-east-1', 'cli-0a1b');
    cli.endWith({
      status: 'FAILED',
      error: 'ExecutionAlreadyRunning',
      cause: `Another execution of ImportWorkflow runs in us-east-1: ${other}. This one stops.`,
    });
    expect(await cli.run(line)).to.equal(4);
    expect(cli.summary.next).to.deep.equal([`cognito-user-profiles-export attach ${other} --stack Backup`]);
  });

  it('17.7: restores from the place of a snapshot, and proposes no comparison with the backup of this launch', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: RESTORED });
    const run = '20260301T000000Z-0a1b2c3d';
    expect(
      await cli.run(['import', '--to', NEW_POOL, '--snapshot', 's3://my-vault/', '--run', run, '--json']),
    ).to.equal(0);
    expect(cli.startedWith).to.deep.equal({
      NewUserPoolId: NEW_POOL,
      ExportRun: run,
      SnapshotPrefix: 's3://my-vault/',
    });
    expect(cli.summary.next).to.deep.equal([`cognito-user-profiles-export report --to ${NEW_POOL}`]);
    cli.cloud.calls.length = 0;
    for (const args of [
      ['--snapshot', 's3://my-vault'],
      ['--snapshot', 's3://my-vault/', '--table', 'Backup-BackupTable-2'],
      ['--snapshot', 's3://my-vault/', '--at', '2026-02-26'],
    ])
      expect(await cli.run(['import', '--to', NEW_POOL, ...args]), args.join(' ')).to.equal(2);
    expect(cli.cloud.calls).to.deep.equal([]);
  });

  it('17.7: proposes after a dry run the restore that was tried, not another one', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: { ...RESTORED, dryRun: true } });
    const asked = ['--run', '20260301T000000Z-0a1b2c3d', '--snapshot', 's3://my-vault/', '--tps', '5'];
    const accepted = ['--accept', 'triggers,unconfirmed'];
    await cli.run(['import', '--to', NEW_POOL, ...asked, ...accepted, '--dry-run', '--json']);
    expect((cli.summary.next as string[])[1]).to.equal(
      `cognito-user-profiles-export import --to ${NEW_POOL} ${[...asked, ...accepted].join(' ')}`,
    );
  });

  it('15.1: restores in the backup Region while the Region of the stack does not answer', async () => {
    const cli = new InstalledCli();
    cli.cloud.down.add('us-east-1');
    cli.endWith({ status: 'SUCCEEDED', output: RESTORED });
    expect(await cli.run(['import', '--to', 'eu-west-1_Target001'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ NewUserPoolId: 'eu-west-1_Target001' });
    expect(await cli.run(['import', '--to', NEW_POOL, '--json'])).to.equal(5);
    expect(cli.error.found).to.equal('no answer (ETIMEDOUT)');
  });

  it('takes the newest run that was complete at a time, and says which', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: RESTORED });
    const runs = ['2026-02-26T00:00:00.000Z', '2026-02-27T00:00:00.000Z', '2026-02-28T00:00:00.000Z'].map((start) =>
      aManifest(start),
    );
    const refused = aManifest('2026-02-27T06:00:00.000Z', { refused: 'MassDeleteRefused' });
    for (const manifest of [...runs, refused]) cli.put('us-east-1', snapshotManifestKey(manifest.runId), manifest);
    const at = (time: string) => cli.run(['import', '--to', NEW_POOL, '--at', time, '--json']);
    for (const [time, run] of [
      ['2026-02-27T12:00Z', runs[1]],
      ['2026-02-28T00:04Z', runs[1]],
      ['2026-02-28T00:05Z', runs[2]],
      ['2026-02-27T00:30:00+01:00', runs[0]],
      ['2026-02-26', runs[0]],
    ] as const) {
      expect(await at(time), time).to.equal(0);
      expect(cli.startedWith.ExportRun, time).to.equal(run?.runId);
    }
    expect(cli.lines[0]).to.include({ export_run: runs[0]?.runId });
    expect(await at('2026-02-25T12:00Z')).to.equal(6);
    expect(cli.error.found).to.equal(
      `the oldest that is kept in us-east-1 is ${runs[0]?.runId ?? ''}, complete at ${runs[0]?.endedAt ?? ''}`,
    );
    for (const wrong of ['2026-02-27T12:00', 'yesterday', '2026-02-30T25:00Z'])
      expect(await at(wrong), wrong).to.equal(2);
    expect(
      await cli.run(['import', '--to', NEW_POOL, '--at', '2026-02-26', '--run', '20260301T000000Z-0a1b2c3d']),
    ).to.equal(2);
  });

  it('15.1: refuses pools that cannot be meant before anything is started', async () => {
    const cli = new InstalledCli();
    for (const [args, code, found] of [
      [
        ['import', '--to', 'ap-south-1_Target001'],
        2,
        'the stack Backup keeps its backup in us-east-1 and eu-west-1 only',
      ],
      [['import', '--to', 'my-pool'], 2, '"my-pool" is no id of a user pool'],
      [['import', '--to', NEW_POOL, '--run', 'latest'], 2, '"latest" is no id of an export run'],
      [['import', '--to', NEW_POOL, '--tps', '26'], 2, 'It must be a whole number from 1 to 25.'],
      [['import'], 2, "required option '--to <pool>' not specified"],
      [
        ['verify', '--pool', 'ap-south-1_Target001'],
        2,
        'the stack Backup keeps its backup in us-east-1 and eu-west-1 only',
      ],
      [['verify', '--tps', '5'], 2, 'no user pool was given'],
      [['verify', '--percent', '0'], 2, 'It must be a whole number from 1 to 100.'],
    ] as const) {
      expect(await cli.run([...args, '--json']), args.join(' ')).to.equal(code);
      expect(cli.error.found, args.join(' ')).to.include(found);
    }
    expect(cli.cloud.calls.filter((call) => call.includes('StartExecution'))).to.deep.equal([]);
  });

  it('reads a pool from standard input, so that it is in no shell history', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: RESTORED });
    cli.stdin = `${NEW_POOL}\n`;
    expect(await cli.run(['import', '--to', '-'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ NewUserPoolId: NEW_POOL });
    for (const stdin of ['', 'a b']) {
      cli.stdin = stdin;
      expect(await cli.run(['import', '--to', '-'])).to.equal(2);
    }
  });

  it('15.1: ends with the exit code of what happened, and says what to do', async () => {
    for (const [args, error, code] of [
      [['import', '--to', NEW_POOL], 'PreflightFailed', 4],
      [['import', '--to', NEW_POOL], 'UserPoolNotEmpty', 4],
      [['import', '--to', NEW_POOL], 'AlreadyRestored', 4],
      [['import', '--to', NEW_POOL], 'RestoreIncomplete', 3],
      [['import', '--to', NEW_POOL], 'UserPoolNotFound', 6],
      [['import', '--to', NEW_POOL], 'ExportRunNotFound', 6],
      [['import', '--to', NEW_POOL], 'ChecksumDiffers', 4],
      [['import', '--to', NEW_POOL], 'ImportJobFailed', 5],
      [['import', '--to', NEW_POOL], 'AccessDenied', 5],
      [['import', '--to', NEW_POOL], 'Lambda.Unknown', 5],
      [['export'], 'MassDeleteRefused', 4],
      [['export'], 'RecoveryRunning', 4],
      [['export'], 'ExecutionAlreadyRunning', 4],
      [['verify'], 'PoolDiffers', 3],
      [['verify'], 'ChecksumDiffers', 3],
      [['verify'], 'NoSealedBackup', 6],
    ] as const) {
      const cli = new InstalledCli();
      cli.endWith({ status: 'FAILED', error, cause: 'What was found. What to do.' });
      expect(await cli.run([...args, '--json']), error).to.equal(code);
      expect(cli.summary).to.include({ error, status: 'FAILED' });
      expect(cli.summary.what_to_do, error).to.be.a('string').and.not.empty;
    }
    for (const status of ['ABORTED', 'TIMED_OUT']) {
      const cli = new InstalledCli();
      cli.endWith({ status });
      expect(await cli.run(['export', '--json'])).to.equal(5);
      expect(cli.summary).to.include({ outcome: 'failed', status });
    }
  });

  it('15.1: calls an export that something is missing from partial', async () => {
    const cli = new InstalledCli();
    cli.endWith({ status: 'SUCCEEDED', output: { ...SEALED, listing: { users: 3, estimatedUsers: 5000 } } });
    expect(await cli.run(['export', '--json'])).to.equal(3);
    expect(cli.summary.headline).to.include('BUT');
  });

  it('calls a dry run partial when somebody would be lost, but not for unconfirmed users whom nobody asked for', async () => {
    const cli = new InstalledCli();
    const dryRun = {
      done: true,
      dryRun: true,
      backup: { users: 5 },
      byCsv: 3,
      oneByOne: 0,
      heldBack: 0,
      excluded: 2,
      withLosses: 0,
      chunks: 1,
      reportKeys: ['restores/x/report/report.json'],
    };
    cli.endWith({ status: 'SUCCEEDED', output: dryRun });
    cli.put('us-east-1', 'restores/x/report/report.json', { counts: { excludedBy: { Unconfirmed: 2 } } });
    const args = ['import', '--to', NEW_POOL, '--dry-run', '--json'];
    expect(await cli.run(args)).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ NewUserPoolId: NEW_POOL, DryRun: true });
    expect(cli.summary.next).to.deep.equal([
      `cognito-user-profiles-export report ${executionArn('ImportWorkflow', 'us-east-1', NAME)}`,
      `cognito-user-profiles-export import --to ${NEW_POOL}`,
    ]);
    cli.put('us-east-1', 'restores/x/report/report.json', { counts: { excludedBy: { Unconfirmed: 1, NoAddress: 1 } } });
    expect(await cli.run(args)).to.equal(3);
    cli.objects.clear();
    expect(await cli.run(args)).to.equal(3);
  });

  it('15.1: lets go by Ctrl-C with 130, and says how to attach again; the execution goes on', async () => {
    const cli = new InstalledCli();
    cli.onDescribe = () => {
      expect(cli.interruption.interrupt()).to.equal(true);
    };
    expect(await cli.run(['import', '--to', NEW_POOL, '--json', '--region', 'us-east-1', '--profile', 'ops'])).to.equal(
      130,
    );
    const arn = executionArn('ImportWorkflow', 'us-east-1', NAME);
    expect(cli.summary).to.deep.equal({
      message_type: 'summary',
      outcome: 'detached',
      workflow: 'ImportWorkflow',
      region: 'us-east-1',
      execution_arn: arn,
      next: [`cognito-user-profiles-export attach ${arn} --region us-east-1 --profile ops`],
    });
    expect(cli.executions.get(arn)?.status).to.equal('RUNNING');
    expect(cli.interruption.interrupt()).to.equal(false);
  });

  it('attaches to what runs, to an ARN or a name, and tells how an ended one ended', async () => {
    const cli = new InstalledCli();
    expect(await cli.run(['attach', '--json'])).to.equal(6);
    expect(cli.error.found).to.equal('none runs');
    const arn = executionArn('ImportWorkflow', 'eu-west-1', 'night');
    cli.executions.set(arn, {
      status: 'RUNNING',
      input: JSON.stringify({ NewUserPoolId: 'eu-west-1_T' }),
      startDate: new Date(cli.clock.now()),
    });
    cli.endWith({ status: 'SUCCEEDED', output: RESTORED });
    expect(await cli.run(['attach', '--json'])).to.equal(0);
    expect(cli.summary).to.include({ execution_arn: arn, outcome: 'complete' });
    for (const name of [arn, 'night']) expect(await cli.run(['attach', name, '--json'])).to.equal(0);
    expect(cli.cloud.calls.filter((call) => call.includes('StartExecution'))).to.deep.equal([]);
    for (const unknown of [
      'day',
      executionArn('ImportWorkflow', 'eu-west-1', 'day'),
      'arn:aws:states:eu-west-1:111122223333:execution:Other:x',
      'a b',
    ])
      expect(await cli.run(['attach', unknown, '--json']), unknown).to.equal(6);
    expect(await cli.run(['attach', 'day', '--stack', 'Backup', '--json'])).to.equal(6);
    expect(cli.error.what_to_do).to.include('attach --stack Backup');
    cli.onDescribe = () => undefined;
    for (const name of ['one', 'two'])
      cli.executions.set(executionArn('VerifyWorkflow', 'eu-west-1', name), { status: 'RUNNING' });
    expect(await cli.run(['attach', '--json'])).to.equal(2);
    expect(cli.error.found).to.include('2 run: ');
  });

  it('15.1: waits through a network that is away, and gives up after ten minutes without calling it done', async () => {
    const cli = new InstalledCli();
    let looks = 0;
    cli.onDescribe = (execution) => {
      looks += 1;
      if (looks > 1 && looks < 20) throw awsError('Error', 'getaddrinfo', { code: 'ENOTFOUND' });
      if (looks >= 20) Object.assign(execution, { status: 'SUCCEEDED', output: SEALED });
    };
    expect(await cli.run(['export'])).to.equal(0);
    const away = new InstalledCli();
    away.onDescribe = () => {
      throw awsError('Error', 'getaddrinfo', { code: 'ENOTFOUND' });
    };
    expect(await away.run(['export', '--json'])).to.equal(5);
    expect(away.error.what_to_do).to.include('cognito-user-profiles-export attach arn:');
    expect(away.clock.elapsed).to.be.within(600_000, 620_000);
    const expired = new InstalledCli();
    expired.onDescribe = () => {
      throw awsError('ExpiredTokenException');
    };
    expect(await expired.run(['export', '--json'])).to.equal(5);
    expect(expired.error.found).to.include('the AWS credentials have expired');
    expect(expired.error.what_to_do).to.include('attach arn:');
  });

  it('verifies in the Region that was typed, or in that of the pool', async () => {
    const cli = new InstalledCli();
    cli.endWith({
      status: 'SUCCEEDED',
      output: { runId: 'r', counts: { users: 3, groups: 1, memberships: 2 }, objects: { read: 1, of: 1 } },
    });
    expect(await cli.run(['verify', '--region', 'eu-west-1', '--percent', '5'])).to.equal(0);
    expect(cli.cloud.calls).to.include('stepFunctions StartExecution eu-west-1');
    expect(cli.startedWith).to.deep.equal({ Percent: 5, Trigger: 'Command line' });
    expect(await cli.run(['verify', '--pool', NEW_POOL, '--tps', '5'])).to.equal(0);
    expect(cli.startedWith).to.deep.equal({ UserPoolId: NEW_POOL, CognitoTPS: 5, Trigger: 'Command line' });
    expect(cli.out).to.include('Backup in us-east-1 verified: 3 users');
  });
});
