import { expect } from 'chai';
import { aManifest } from '../../support/cli/a-manifest.ts';
import { awsError } from '../../support/cli/fake-clients.ts';
import { healthyCli, SEALED_AT } from '../../support/cli/healthy.ts';
import type { InstalledCli } from '../../support/cli/installed.ts';
import { executionArn } from '../../support/cli/stacks.ts';

const HOUR = 3_600_000;
const RUN = aManifest(SEALED_AT).runId;

/** What --check says after something was changed in a healthy product. */
async function checked(change: (cli: InstalledCli) => unknown): Promise<{ code: number; line: string }> {
  const cli = healthyCli();
  change(cli);
  const code = await cli.run(['status', '--check']);
  expect(cli.err).to.equal('');
  return { code, line: cli.out };
}

describe('command line: status', () => {
  it('15.1: shows both Regions: last run and age, counts, next start, replica, verification, snapshots and the rest', async () => {
    const cli = healthyCli();
    cli.executions.set(executionArn('VerifyWorkflow', 'eu-west-1', 'hourly'), {
      status: 'RUNNING',
      startDate: new Date(cli.clock.now() - 60_000),
    });
    expect(await cli.run(['status'])).to.equal(0);
    for (const words of [
      `last complete export  ${RUN}, ended 2026-02-28T21:05:00.000Z`,
      'age                   3 h 0 min, allowed are 36 h 0 min',
      'holds                 1,234 users, 3 groups, 40 memberships',
      'next start            about 2026-03-01T21:00Z, rate(1 day)',
      'Primary Region us-east-1',
      'Backup Region eu-west-1',
      'replica        ACTIVE',
      `verified       ${RUN}, 2 h 0 min ago`,
      `snapshots      1, the newest ${RUN}`,
      'VerifyWorkflow for 1 min 0 s: arn:',
      'subscriptions  1 confirmed, 0 not',
      'dead letters   none',
      'alarms         1, all OK',
      'pool           deletion protection on',
      'To look at\n  Nothing.',
    ])
      expect(cli.out).to.include(words);
    expect(cli.out).to.not.include('ops@example.com');
    expect(await cli.run(['status', '--json'])).to.equal(0);
    expect(cli.summary).to.deep.include({
      stack: 'Backup',
      age_seconds: 10_800,
      allowed_seconds: 129_600,
      findings: [],
    });
    expect(cli.out).to.not.include('ops@example.com');
  });

  it('15.1: keeps to 40 columns, but for what has to be copied as a whole', async () => {
    const cli = healthyCli();
    Object.assign(cli, { terminal: true, columns: 40, environment: { NO_COLOR: '1' } });
    await cli.run(['status']);
    for (const line of cli.out.split('\n')) if (!/[\w:.-]{30}/.test(line)) expect(line.length, line).to.be.at.most(40);
  });

  it('15.1: --check says OK, WARNING or CRITICAL in one line, with the exit code of each', async () => {
    const { code, line } = await checked(() => undefined);
    expect({ code, line }).to.deep.equal({ code: 0, line: 'OK: 1,234 users, 3 h 0 min old, 36 h 0 min allowed\n' });
    for (const [change, expected, words] of [
      [
        (cli: InstalledCli) => cli.clock.advance(40 * HOUR),
        5,
        'CRITICAL: the last complete export is 43 h 0 min old, 36 h 0 min are allowed',
      ],
      [
        (cli: InstalledCli) => cli.cloud.on('DescribeRule', () => ({ State: 'DISABLED' })),
        3,
        'WARNING: the schedule of the exports is disabled',
      ],
      [(cli: InstalledCli) => cli.cloud.on('ListRuleNamesByTarget', () => ({})), 3, 'no schedule starts exports'],
      [
        (cli: InstalledCli) =>
          cli.cloud.on('DescribeUserPool', () => {
            throw awsError('ResourceNotFoundException');
          }),
        5,
        'CRITICAL: the user pool does not exist',
      ],
      [
        (cli: InstalledCli) =>
          cli.cloud.on('DescribeAlarms', () => ({
            MetricAlarms: [{ AlarmName: 'x-BackupTooOldAlarm-1', StateValue: 'ALARM' }],
          })),
        5,
        'alarm BackupTooOldAlarm in us-east-1',
      ],
      [
        (cli: InstalledCli) =>
          cli.cloud.on('GetQueueAttributes', () => ({ Attributes: { ApproximateNumberOfMessages: '1' } })),
        3,
        '1 message in ExportDeadLetterQueue in us-east-1',
      ],
      [
        (cli: InstalledCli) =>
          cli.cloud.on('ListSubscriptionsByTopic', () => ({
            Subscriptions: [{ SubscriptionArn: 'PendingConfirmation' }],
          })),
        3,
        '1 subscription in us-east-1 not confirmed',
      ],
      [(cli: InstalledCli) => cli.cloud.on('ListSubscriptionsByTopic', () => ({})), 3, 'nobody hears of us-east-1'],
      [(cli: InstalledCli) => cli.cloud.on('DescribeTable', () => ({ Table: {} })), 3, 'the replica is missing'],
      [
        (cli: InstalledCli) => {
          cli.seal(aManifest('2026-02-28T22:00:00.000Z'), ['us-east-1']);
        },
        3,
        'the table in eu-west-1 has not the last complete export',
      ],
      [
        (cli: InstalledCli) => {
          cli.items.clear();
        },
        3,
        'CRITICAL: no export was ever complete',
      ],
      [
        (cli: InstalledCli) =>
          cli.executions.set(executionArn('ExportWorkflow', 'us-east-1', 'later'), {
            status: 'FAILED',
            startDate: new Date(cli.clock.now() - HOUR),
          }),
        3,
        'WARNING: the last ExportWorkflow in us-east-1 ended as FAILED',
      ],
    ] as const) {
      const found = await checked(change);
      expect(found.line).to.include(words);
      expect(found.line.match(/\n/g)).to.have.length(1);
      expect(found.code, words).to.equal(words.startsWith('CRITICAL') || words.startsWith('alarm') ? 5 : expected);
    }
  });

  it('15.1: --check tells a raised alarm of either Region in its one line, with 5, also when all else is in order', async () => {
    for (const raised of ['us-east-1', 'eu-west-1']) {
      const { code, line } = await checked((cli) =>
        cli.cloud.on('DescribeAlarms', (_input, region) => ({
          MetricAlarms: [{ AlarmName: 'x-BackupTooOldAlarm-1', StateValue: region === raised ? 'ALARM' : 'OK' }],
        })),
      );
      expect(line).to.equal(
        `CRITICAL: alarm BackupTooOldAlarm in ${raised}; 1,234 users, 3 h 0 min old, 36 h 0 min allowed\n`,
      );
      expect(code).to.equal(5);
    }
  });

  it('15.1: --check does not take an alarm that somebody deleted for one that is silent', async () => {
    const { code, line } = await checked((cli) => cli.cloud.on('DescribeAlarms', () => ({ MetricAlarms: [] })));
    expect(line).to.match(/^WARNING: alarm BackupTooOldAlarm in us-east-1 is gone: nobody hears of what it watched; /);
    expect(code).to.equal(3);
  });

  it('tells missing deletion protection without calling anybody for it', async () => {
    const cli = healthyCli();
    cli.cloud.on('DescribeUserPool', () => ({ UserPool: { DeletionProtection: 'INACTIVE' } }));
    expect(await cli.run(['status', '--check'])).to.equal(0);
    expect(await cli.run(['status'])).to.equal(0);
    expect(cli.out).to.include('advice  the user pool has no deletion protection');
  });

  it('15.1: shows a dead Region and a refused call as unknown, not as fine', async () => {
    const dead = healthyCli();
    dead.cloud.down.add('eu-west-1');
    expect(await dead.run(['status'])).to.equal(3);
    expect(dead.out).to.include('unknown: no answer (ETIMEDOUT)');
    expect(await dead.run(['status', '--check'])).to.equal(3);
    expect(dead.out).to.equal(
      'WARNING: most in eu-west-1 unknown: no answer (ETIMEDOUT); 1,234 users, 3 h 0 min old, 36 h 0 min allowed\n',
    );
    const refused = healthyCli();
    refused.cloud.on('ListSubscriptionsByTopic', () => {
      throw awsError('AuthorizationError', 'not authorized to perform: SNS:ListSubscriptionsByTopic');
    });
    expect(await refused.run(['status'])).to.equal(3);
    expect(await refused.run(['status', '--check'])).to.equal(3);
    expect(refused.out).to.include('subscriptions in us-east-1 unknown: the credentials may not do this');
    const primary = healthyCli();
    primary.cloud.down.add('us-east-1');
    expect(await primary.run(['status', '--check', '--region', 'eu-west-1'])).to.equal(3);
    expect(primary.out).to.include('us-east-1 is unknown: it does not answer');
    expect(await primary.run(['status', '--region', 'eu-west-1'])).to.equal(3);
    expect(await primary.run(['status', '--check'])).to.equal(5);
    expect(primary.out).to.match(/^CRITICAL: CloudFormation in us-east-1: no answer \(ETIMEDOUT\)\..*\n$/);
  });

  it('is critical when nobody can tell the age of the backup', async () => {
    const cli = healthyCli();
    cli.cloud.on('GetItem', () => {
      throw awsError('AccessDeniedException');
    });
    expect(await cli.run(['status', '--check'])).to.equal(5);
    expect(cli.out).to.include('CRITICAL: the age of the backup is unknown');
  });
});
