import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetDashboardCommand,
  ListMetricsCommand,
} from '@aws-sdk/client-cloudwatch';
import type { MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { AdminDeleteUserCommand, ListUsersCommand } from '@aws-sdk/client-cognito-identity-provider';
import { DisableRuleCommand, EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { expect } from 'chai';
import { writePackageFolder } from '../../deployment/packaging/package-folder.ts';
import { METRIC_UNITS } from '../../source/domain/watch/metrics.ts';
import { deploy } from '../../tools/chaos/deployment.ts';
import type { Deployment } from '../../tools/chaos/deployment.ts';
import { cognitoIn, stepFunctionsIn } from '../../tools/deploy/clients.ts';
import { execute } from '../../tools/deploy/executions.ts';
import { PRIMARY, SECONDARY } from '../../tools/deploy/regions.ts';
import type { Region } from '../../tools/deploy/regions.ts';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';
import { backdateBackup, lookAtBackup } from '../support/local/backup-age.ts';
import { runPackedCli } from '../support/local/packed-cli.ts';
import { root } from '../support/templates.ts';

/** Seconds of this test that stand for an hour of the alarms. */
const HOUR_SECONDS = 3;
const REGIONS = [PRIMARY, SECONDARY] as const;

describe('Alarms', function () {
  this.timeout(300_000);
  let cloud: LocalCloud;
  let deployment: Deployment;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alarms-'));
    [cloud] = await Promise.all([startLocalCloud({ waitScale: 0.02 }), writePackageFolder(root, join(folder, 'dist'))]);
    deployment = await deploy(cloud, 'username', 60);
  });
  after(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const alarmsIn = async (region: Region): Promise<readonly MetricAlarm[]> =>
    (await new CloudWatchClient(cloud.clientConfig(region)).send(new DescribeAlarmsCommand({}))).MetricAlarms ?? [];
  const stateOf = async (region: Region, metric: string): Promise<string | undefined> =>
    (await alarmsIn(region)).find(({ MetricName }) => MetricName === metric)?.StateValue;
  /** Subjects and texts that a Region's topic got since. */
  const messagesOf = async (region: Region, after = 0): Promise<readonly { subject: string; message: string }[]> =>
    (await cloud.snsMessages()).filter(({ topicArn, time }) => topicArn === deployment.topic[region] && time > after);
  const look = (region: Region): Promise<void> => lookAtBackup(cloud, region);
  const until = async (what: string, found: () => Promise<boolean>): Promise<void> => {
    for (const end = Date.now() + 40_000; !(await found()); await sleep(200))
      if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
  };
  const backdate = (days: number): Promise<void> => backdateBackup(cloud, deployment.tableName, days);

  it('a launch has a dashboard and alarms in each Region, and none of them goes off before the first export is due', async () => {
    for (const region of REGIONS) {
      await look(region);
      const client = new CloudWatchClient(cloud.clientConfig(region));
      const launch = deployment.exportWorkflow.split('-').at(-1) ?? '';
      const DashboardName = `CognitoUserProfilesExport-${launch}-${region}`;
      const { DashboardBody = '' } = await client.send(new GetDashboardCommand({ DashboardName }));
      expect(() => JSON.parse(DashboardBody) as unknown, region).not.to.throw();
      expect(DashboardBody, region).not.to.include('${');
      await until(`the data in ${region}`, async () => (await stateOf(region, 'BackupAgeRatio')) === 'OK');
      const gone = (await alarmsIn(region)).filter(({ StateValue }) => StateValue === 'ALARM');
      expect(gone.map(({ AlarmName }) => AlarmName)).to.deep.equal([]);
      const subjects = (await messagesOf(region)).map(({ subject }) => subject);
      expect(subjects.filter((subject) => !subject.startsWith('Export of'))).to.deep.equal([]);
    }
    const { Metrics = [] } = await new CloudWatchClient(cloud.clientConfig(PRIMARY)).send(
      new ListMetricsCommand({ Namespace: 'CognitoUserProfilesExport' }),
    );
    expect(new Set(Metrics.map(({ MetricName }) => MetricName))).to.include.keys(
      'BackupAgeRatio',
      'Users',
      'CallsPerSecond',
    );
    for (const { MetricName = '', Dimensions = [] } of Metrics) {
      expect(Object.keys(METRIC_UNITS)).to.include(MetricName);
      expect(Dimensions, MetricName).to.have.length(1);
      expect(Dimensions[0], MetricName).to.deep.equal({ Name: 'StackName', Value: 'chaos-username' });
    }
  });

  it('a refused export sends its own message and no second one; its alarm stands', async () => {
    const since = Date.now();
    const cognito = cognitoIn(cloud, PRIMARY);
    const UserPoolId = deployment.poolId;
    const { Users = [] } = await cognito.send(new ListUsersCommand({ UserPoolId, Limit: 40 }));
    for (const { Username } of Users) await cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username }));
    const ended = await execute(stepFunctionsIn(cloud, PRIMARY), deployment.exportWorkflow, {});
    expect(ended).to.include({ status: 'FAILED', error: 'MassDeleteRefused' });
    await until('the alarm', async () => (await stateOf(PRIMARY, 'GuardRefusals')) === 'ALARM');
    expect(await stateOf(PRIMARY, 'FailedExecutions')).to.equal('ALARM');
    expect((await messagesOf(PRIMARY, since)).map(({ subject }) => subject)).to.deep.equal([
      `ExportWorkflow in ${PRIMARY} failed: MassDeleteRefused`,
    ]);
  });

  it('a disabled schedule: the backup gets too old, and the message names the rule', async () => {
    const events = new EventBridgeClient(cloud.clientConfig(PRIMARY));
    const { Rules = [] } = await events.send(new ListRulesCommand({}));
    const rule = Rules.find(({ Name }) => Name?.includes('ExportSchedule') === true)?.Name;
    await events.send(new DisableRuleCommand({ Name: rule }));
    await backdate(3);
    const since = Date.now();
    await look(PRIMARY);
    await until('the message', async () =>
      (await messagesOf(PRIMARY, since)).some(({ subject }) => subject.includes('TOO OLD')),
    );
    const told = (await messagesOf(PRIMARY, since)).filter(({ subject }) => subject.includes('TOO OLD'));
    expect(told).to.have.length(1);
    expect(told[0]?.message).to.include('ExportSchedule').and.to.include('aws stepfunctions start-execution');
    expect(told[0]?.message).to.include(deployment.exportWorkflow);
    expect(told[0]?.message.replaceAll(/\s+/g, ' '))
      .to.include(`The schedule is DISABLED (rule ${rule})`)
      .and.include('aws events enable-rule')
      .and.not.include('Probable causes');
  });

  it('15.1: status --check tells the raised alarm and the disabled schedule in one line, with 5', async () => {
    const { code, out, err } = await runPackedCli({ folder, cloud }, ['status', '--check']);
    expect(err).to.equal('');
    expect(out)
      .to.match(/^CRITICAL: [^\n]*\n$/)
      .and.include(`alarm BackupTooOldAlarm in ${PRIMARY}`)
      .and.include('the schedule of the exports is disabled');
    expect(code).to.equal(5);
  });

  it('a dead primary Region: the backup Region tells by itself that its backup gets too old, and how to restore there', async () => {
    await cloud.configure({ regionsDown: [PRIMARY] });
    const since = Date.now();
    await look(SECONDARY);
    await until('the message', async () =>
      (await messagesOf(SECONDARY, since)).some(({ subject }) => subject.includes('TOO OLD')),
    );
    const told = (await messagesOf(SECONDARY, since)).filter(({ subject }) => subject.includes('TOO OLD'));
    expect(told[0]?.message).to.include(`If ${PRIMARY} is lost`).and.to.include('ImportWorkflow');
    expect(told[0]?.message.replaceAll(/\s+/g, ' ')).to.include(`cannot be asked from ${SECONDARY}`);
    await cloud.configure({ regionsDown: [] });
  });

  it('a function that no longer reports: silence is told, too', async () => {
    const since = Date.now();
    const silent = async (): Promise<boolean> =>
      (await messagesOf(SECONDARY, since)).some(
        ({ subject }) => subject === `Nobody knows how old the backup in ${SECONDARY} is`,
      );
    await backdate(-3);
    await cloud.configure({ alarmScale: HOUR_SECONDS / 3600 });
    await look(SECONDARY);
    await until('the recovery', async () => (await stateOf(SECONDARY, 'BackupAgeRatio')) === 'OK');
    await until('the message about silence', silent);
  });
});
