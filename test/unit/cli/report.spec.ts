import { expect } from 'chai';
import { InstalledCli } from '../../support/cli/installed.ts';
import { executionArn } from '../../support/cli/stacks.ts';

const POOL = 'us-east-1_Target001';
const FOLDER = `restores/${POOL}/20260301T000000Z-00000001/report/`;
const FAILURES = [
  'sub,sign_in_name,line,reason,done_instead,changed',
  's1,ann@example.com,,BadAttribute: phone_number of ann,restored without it,different: phone_number',
  's2,"bob, jr@example.com",,BadAttribute: phone_number of bob,restored without it,different: phone_number',
  's3,cyd@example.com,7,NameCollision,nothing,"the user, too"',
  's4,dan@example.com,9,The user dan@example.com could not be made,nothing,not in the pool',
  '',
].join('\n');

function withReport(phase = 'partial'): InstalledCli {
  const cli = new InstalledCli();
  cli.put('us-east-1', `restores/${POOL}/current.json`, {
    restoreId: '20260301T000000Z-00000001',
    phase,
    updatedAt: '2026-03-01T00:00:00Z',
  });
  cli.put('us-east-1', `${FOLDER}failures.csv`, FAILURES);
  cli.put('us-east-1', `${FOLDER}sub-map.csv`, 'old_sub,new_sub\n');
  return cli;
}

describe('command line: report', () => {
  it('15.1: groups the failures by reason, and prints nothing about any user', async () => {
    const cli = withReport();
    expect(await cli.run(['report', '--to', POOL, '--json'])).to.equal(0);
    expect(cli.summary).to.deep.include({
      rows: 4,
      reasons: [
        { reason: 'BadAttribute', done_instead: 'restored without it', rows: 2 },
        { reason: 'NameCollision', done_instead: 'nothing', rows: 1 },
        { reason: "told in Cognito's own words", done_instead: 'nothing', rows: 1 },
      ],
      rows_key: `${FOLDER}failures.csv`,
    });
    const printed = cli.out;
    expect(await cli.run(['report', '--to', POOL])).to.equal(0);
    expect(cli.out).to.include('Done instead: restored without it\n  BadAttribute  2');
    for (const text of [printed, cli.out]) expect(text).to.not.match(/ann|bob|cyd|dan|s1/);
    expect([...cli.files]).to.deep.equal([]);
  });

  it('15.1: writes the rows and the map of subs to files that were asked for', async () => {
    const cli = withReport();
    expect(await cli.run(['report', '--to', POOL, '--save', 'f.csv', '--sub-map', 'm.csv'])).to.equal(0);
    expect([...cli.files]).to.deep.equal([
      ['f.csv', FAILURES],
      ['m.csv', 'old_sub,new_sub\n'],
    ]);
    cli.objects.delete(`mapping-files-us-east-1/${FOLDER}sub-map.csv`);
    expect(await cli.run(['report', '--to', POOL, '--sub-map', 'm.csv', '--json'])).to.equal(6);
    expect(cli.error.found).to.equal('it has no sub-map.csv');
  });

  it('finds the report of an execution, of the last restore, of a dry run and of a comparison', async () => {
    const cli = withReport('complete');
    expect(await cli.run(['report', '--json'])).to.equal(6);
    const restore = executionArn('ImportWorkflow', 'us-east-1', 'one');
    cli.executions.set(restore, {
      status: 'FAILED',
      error: 'RestoreIncomplete',
      input: JSON.stringify({ NewUserPoolId: POOL }),
      startDate: new Date(1),
    });
    for (const args of [[], ['one'], [restore]]) {
      expect(await cli.run(['report', ...args, '--json'])).to.equal(0);
      expect(cli.summary).to.include({ rows: 4, about: `Restore into ${POOL}` });
    }
    cli.executions.set(executionArn('ImportWorkflow', 'us-east-1', 'dry'), {
      status: 'SUCCEEDED',
      input: JSON.stringify({ NewUserPoolId: POOL, DryRun: true }),
      output: { dryRun: true, reportKeys: ['restores/d/report.json', 'restores/d/failures.csv'] },
      startDate: new Date(2),
    });
    cli.put('us-east-1', 'restores/d/failures.csv', 'sub,sign_in_name,line,reason,done_instead,changed\n');
    expect(await cli.run(['report', '--json'])).to.equal(0);
    expect(cli.summary).to.include({ rows: 0, about: `Dry run into ${POOL}` });
    cli.executions.set(executionArn('VerifyWorkflow', 'us-east-1', 'cmp'), {
      status: 'FAILED',
      error: 'PoolDiffers',
      input: JSON.stringify({ UserPoolId: POOL }),
    });
    cli.put(
      'us-east-1',
      'verifications/cmp/differences.csv',
      'sub,sign_in_name,difference\ns1,ann@example.com,missing\n,,group admins: different: precedence\ns2,bob@example.com,membership in the group admins: extra: the backup has none\n',
    );
    expect(await cli.run(['report', 'cmp', '--json'])).to.equal(0);
    expect((cli.summary.reasons as { reason: string }[]).map(({ reason }) => reason)).to.deep.equal([
      'group different',
      'membership extra',
      'user missing',
    ]);
  });

  it('says so where there is no report yet, or none of that pool', async () => {
    expect(await withReport('writing').run(['report', '--to', POOL])).to.equal(6);
    const cli = withReport();
    expect(await cli.run(['report', '--to', 'eu-west-1_Other0001', '--json'])).to.equal(6);
    expect(cli.error.found).to.equal('the bucket of eu-west-1 knows none');
    expect(await cli.run(['report', 'x', '--to', POOL])).to.equal(2);
    cli.executions.set(executionArn('ExportWorkflow', 'us-east-1', 'exp'), { status: 'SUCCEEDED', input: '{}' });
    expect(await cli.run(['report', 'exp'])).to.equal(6);
  });

  it('does not say that nobody is missing where no report says so', async () => {
    const cli = withReport('complete');
    for (const [status, error] of [['RUNNING'], ['FAILED', 'AccessDenied'], ['FAILED', 'PoolDiffers'], ['ABORTED']]) {
      cli.executions.set(executionArn('VerifyWorkflow', 'us-east-1', 'cmp'), {
        status: status as 'FAILED',
        ...(error === undefined ? {} : { error }),
        input: JSON.stringify({ UserPoolId: POOL }),
      });
      expect(await cli.run(['report', 'cmp', '--json'])).to.equal(6);
      expect(cli.error.found).to.match(/^it has no differences\.csv: it runs, has stopped/);
    }
    cli.put('us-east-1', 'verifications/cmp/report.json', { outcome: 'same' });
    expect(await cli.run(['report', 'cmp'])).to.equal(0);
    expect(cli.out).to.include('Nobody is missing');
    cli.objects.delete(`mapping-files-us-east-1/${FOLDER}failures.csv`);
    expect(await cli.run(['report', '--to', POOL, '--json'])).to.equal(6);
    expect(cli.error.found).to.include('its files have expired');
  });

  it('refuses one file for both, of which the second would take the place of the first', async () => {
    const cli = withReport();
    expect(await cli.run(['report', '--to', POOL, '--save', 'f.csv', '--sub-map', './f.csv', '--json'])).to.equal(2);
    expect(cli.error).to.include({ thing: '--save and --sub-map', found: 'both name f.csv' });
    expect([...cli.files]).to.deep.equal([]);
  });
});
