import { expect } from 'chai';
import type { ExportStarts } from '../../../../../source/domain/watch/exports.ts';
import type { Measured } from '../../../../../source/domain/watch/metrics.ts';
import { WATCH_KEY } from '../../../../../source/domain/watch/state.ts';
import type { WatchState } from '../../../../../source/domain/watch/state.ts';
import {
  executionEnded,
  EXPORT_ARN,
  exportFinished,
  importFinished,
  lambdaError,
  workflowFailed,
} from '../../../../support/workflows/notice-events.ts';
import { NoticeWorld } from '../../../../support/workflows/notice-world.ts';
import { rejection } from '../../../../support/rejection.ts';

const [PRIMARY, BACKUP] = ['eu-west-1', 'eu-central-1'];
const HOUR = 3600 * 1000;

/** Of the metrics of a launch named `main`. */
const OF_MAIN: Readonly<Record<string, string>> = { StackName: 'main' };

/** EventBridge's event about an alarm. */
const alarmEvent = (
  name: string,
  {
    region = PRIMARY,
    previous = 'OK',
    value = 'ALARM',
    data = [1.2, 1.3, 1.4],
    dimensions = OF_MAIN,
    timestamp = '2026-03-05T00:00:00.000+0000',
  } = {},
) => ({
  source: 'aws.cloudwatch',
  'detail-type': 'CloudWatch Alarm State Change',
  region,
  resources: [`arn:aws:cloudwatch:${region}:000000000000:alarm:StackSet-Alarm-1`],
  detail: {
    alarmName: 'StackSet-Alarm-1',
    state: { value, timestamp, reason: 'x', reasonData: JSON.stringify({ recentDatapoints: data }) },
    previousState: { value: previous },
    configuration: { metrics: [{ id: 'm1', metricStat: { metric: { namespace: 'n', name, dimensions } } }] },
  },
});

describe('MessageBroker: alarms', () => {
  let world: NoticeWorld;
  const ago = (hours: number): string => new Date(world.clock.now() - hours * HOUR).toISOString();
  const watched = (over: Partial<WatchState> = {}): Promise<string> =>
    world.objects.put(
      WATCH_KEY,
      JSON.stringify({
        launchedAt: ago(1000),
        at: ago(0.5),
        staleFrom: ago(4),
        backup: { runId: 'r1', startedAt: ago(40), endedAt: ago(39) },
        ...over,
      }),
    );
  beforeEach(() => {
    world = new NoticeWorld();
  });

  it('a backup that is too old: since when, the probable causes, and what to run', async () => {
    await watched();
    await world.tell(alarmEvent('BackupAgeRatio'));
    const { subject, body } = world.onlyMessage();
    expect(subject).to.match(/^Backup in eu-west-1 is TOO OLD: last export of 2026-02-27 \d\d:\d\d UTC$/);
    const text = body.replaceAll(/\s+/g, ' ');
    for (const part of [
      'r1, began at 2026-02-27',
      '40 h 0 min ago',
      'should be a newer one since',
      'ExportSchedule',
      'role may no longer start',
      'UserPoolNotFound',
      'MassDeleteRefused',
      "--input '{}'",
      'stateMachine:ExportWorkflow-0123456789ab',
    ])
      expect(text).to.include(part);
    expect(text).not.to.include('is lost');
    expect(body).to.include('  aws stepfunctions start-execution --region eu-west-1 \\\n');
  });

  const exports = (over: Partial<ExportStarts>): { exports: ExportStarts } => ({
    exports: { rule: 'StackSet-x-ExportSchedule-1', state: 'enabled', unanswered: [], ...over },
  });
  const newest = (status: string, hours: number, error?: string): NonNullable<ExportStarts['newest']> => ({
    status,
    startedAt: ago(hours),
    ...(error === undefined ? {} : { error }),
  });
  const textAbout = async (over: Partial<WatchState>, region = PRIMARY): Promise<string> => {
    world = new NoticeWorld();
    await watched(over);
    await world.tell(alarmEvent('BackupAgeRatio', { region }));
    return world.onlyMessage().body.replaceAll(/\s+/g, ' ');
  };

  it('15.2: names the cause that the last look found, instead of the probable ones', async () => {
    for (const [found, words] of [
      [{ state: 'disabled' }, 'The schedule is DISABLED'],
      [
        { state: 'disabled', newest: newest('SUCCEEDED', 40) },
        'aws events enable-rule --region eu-west-1 \\ --name StackSet-x-ExportSchedule-1',
      ],
      [{ state: 'gone' }, 'The schedule was deleted: the rule StackSet-x-ExportSchedule-1 does not exist'],
      [{ newest: newest('SUCCEEDED', 40) }, 'no export has started since'],
      [{}, "no export has ever started: the schedule's role may no longer start ExportWorkflow"],
      [{ newest: newest('RUNNING', 30) }, 'An export has been running since'],
      [{ newest: newest('FAILED', 10, 'UserPoolNotFound') }, 'ended as UserPoolNotFound. Check the id'],
      [{ newest: newest('FAILED', 10, 'MassDeleteRefused') }, 'ended as MassDeleteRefused. Find out whether'],
      [{ newest: newest('FAILED', 10, 'AccessDenied') }, 'ended as AccessDenied. Add the permission'],
      [{ newest: newest('TIMED_OUT', 200) }, 'was cut off (TIMED_OUT). Start ExportWorkflow again'],
    ] as const) {
      const text = await textAbout(exports(found));
      expect(text).to.match(/Cause, found at 20\d\d-\d\d-\d\d \d\d:\d\d UTC - /);
      expect(text).to.include(words);
      expect(text).to.not.include('Probable causes');
    }
  });

  it('15.2: what the last look could not find out is told with the probable causes', async () => {
    for (const found of [
      { state: 'unknown' as const, newest: newest('SUCCEEDED', 1), unanswered: ['DescribeRule AccessDeniedException'] },
      { unanswered: ['ListExecutions AccessDeniedException'] },
      { newest: newest('FAILED', 10), unanswered: ['DescribeExecution AccessDeniedException'] },
    ]) {
      const text = await textAbout(exports(found));
      expect(text)
        .to.include('Probable causes')
        .and.include(`could not find out which: ${found.unanswered[0]}.`)
        .and.not.include('Cause, found');
    }
  });

  it('15.2: silence is the first cause, whatever an earlier look had found', async () => {
    const text = await textAbout({ at: ago(5), staleFrom: ago(-10), ...exports({ state: 'disabled' }) });
    expect(text).to.include('Probable causes - WatchBackup fails').and.not.include('Cause, found');
  });

  it('15.2: the backup Region says that the schedule cannot be asked from there', async () => {
    expect(await textAbout({}, BACKUP)).to.include('cannot be asked from eu-central-1');
  });

  it('in the backup Region it also names the Region that may be lost, and the restore', async () => {
    await watched();
    await world.tell(alarmEvent('BackupAgeRatio', { region: BACKUP }));
    const text = world.onlyMessage().body.replaceAll(/\s+/g, ' ');
    expect(text).to.include('eu-west-1 is down').and.to.include('If eu-west-1 is lost Restore in eu-central-1');
  });

  it('says that there is no backup where no export ever completed', async () => {
    const { backup: _none, ...state } = { backup: undefined, launchedAt: ago(50), at: ago(0.2), staleFrom: ago(4) };
    await world.objects.put(WATCH_KEY, JSON.stringify(state));
    await world.tell(alarmEvent('BackupAgeRatio'));
    expect(world.onlyMessage().subject).to.equal('There is NO BACKUP in eu-west-1, although an export is overdue');
  });

  it('silence: says who does not report, since when, and what was seen last', async () => {
    await watched({ at: ago(5), staleFrom: ago(-10) });
    await world.tell(alarmEvent('BackupAgeRatio', { data: [] }));
    const { subject, body } = world.onlyMessage();
    expect(subject).to.equal('Nobody knows how old the backup in eu-west-1 is');
    expect(body.replaceAll(/\s+/g, ' '))
      .to.include('has not reported since')
      .and.include('WatchSchedule')
      .and.include('That is recent enough');
  });

  it('looks that come but bring no metric are silence, too; and so is none at all', async () => {
    await watched();
    await world.tell(alarmEvent('BackupAgeRatio', { data: [] }));
    world.objects.stored.delete(WATCH_KEY);
    await world.tell(alarmEvent('BackupAgeRatio', { timestamp: '2026-03-06T00:00:00.000+0000' }));
    expect(world.sent.map(({ subject }) => subject)).to.deep.equal(
      Array(2).fill('Nobody knows how old the backup in eu-west-1 is'),
    );
    expect(world.sent[0]?.body).to.match(/CloudWatch\s+got\s+no\s+age/);
    expect(world.sent[1]?.body).to.match(/has\s+never\s+reported/);
  });

  it('a launch tells nothing: an alarm that has never judged and has no data yet', async () => {
    expect(await world.tell(alarmEvent('BackupAgeRatio', { previous: 'INSUFFICIENT_DATA', data: [] }))).to.deep.equal({
      sent: false,
    });
    expect(world.sent).to.deep.equal([]);
    await watched();
    await world.tell(alarmEvent('BackupAgeRatio', { previous: 'INSUFFICIENT_DATA' }));
    expect(world.onlyMessage().subject).to.include('TOO OLD');
  });

  it('tells the same change once, and the next one again', async () => {
    await watched();
    for (const timestamp of [
      '2026-03-05T00:00:00.000+0000',
      '2026-03-05T00:00:00.000+0000',
      '2026-03-07T00:00:00.000+0000',
    ])
      await world.tell(alarmEvent('BackupAgeRatio', { timestamp }), { preference: 'ERRORS_ONLY' });
    expect(world.sent).to.have.length(2);
  });

  it('the other alarms say what they mean and what to do', async () => {
    await watched({ unverified: { runId: 'r1', sealedAt: ago(50) } });
    await world.tell(alarmEvent('UnverifiedAge', { region: BACKUP, timestamp: '2026-03-05T01:00:00Z' }));
    await world.tell(alarmEvent('SnapshotAgeRatio', { timestamp: '2026-03-05T02:00:00Z' }));
    await world.tell(alarmEvent('ThrottledCalls', { timestamp: '2026-03-05T03:00:00Z' }));
    for (const queue of ['Events', 'MessageBroker', 'Updates'])
      await world.tell(
        alarmEvent('ApproximateNumberOfMessagesVisible', {
          dimensions: { QueueName: `StackSet-x-${queue}DeadLetterQueue-ABC` },
          timestamp: `2026-03-05T04:00:0${queue.length % 10}Z`,
        }),
      );
    expect(world.sent.map(({ subject }) => subject)).to.deep.equal([
      'Backup in eu-central-1 has not been verified for 50 h 0 min',
      'Newest snapshot in eu-west-1 is older than SnapshotRetentionDays',
      'Cognito throttles the calls of the workflows in eu-west-1',
      ...Array<string>(3).fill('Messages in a dead-letter queue in eu-west-1'),
    ]);
    const texts = world.sent.map(({ body }) => body.replaceAll(/\s+/g, ' '));
    for (const [index, part] of [
      'Start VerifyWorkflow in eu-central-1',
      'It stays, since it is the newest',
      'Lower CognitoTPS',
      'could not deliver',
      'somebody was not told',
      'neither exports nor restores depend on them',
    ].entries())
      expect(texts[index]).to.include(part).and.to.include('What to do next');
    expect(texts[3]).to.include('StackSet-x-EventsDeadLetterQueue-ABC');
  });

  it('refuses alarms that have a message already, and ends of alarms', async () => {
    for (const event of [alarmEvent('FailedExecutions'), alarmEvent('BackupAgeRatio', { value: 'OK' })])
      expect(await rejection(world.tell(event))).to.include({ name: 'BadState' });
  });

  it('counts executions that ended badly once each, verifications and refusals of guards among them', async () => {
    const measured = async (event: unknown): Promise<Measured> => {
      world = new NoticeWorld();
      await world.tell(event);
      await world.tell(event);
      expect(world.measured).to.have.length(1);
      return world.measured[0] ?? {};
    };
    const failed = (name: string) => workflowFailed(lambdaError(name, 'No.'), 'ExportWorkflow', EXPORT_ARN);
    expect(await measured(failed('AccessDenied'))).to.deep.equal({ FailedExecutions: 1 });
    for (const guard of ['MassDeleteRefused', 'MassChangeRefused', 'SourcePoolEmpty'])
      expect(await measured(failed(guard))).to.deep.equal({ FailedExecutions: 1, GuardRefusals: 1 });
    expect(await measured(executionEnded('TIMED_OUT'))).to.deep.equal({ FailedExecutions: 1 });
    expect(await measured(importFinished('partial', { usersMissing: 1 }))).to.deep.equal({ FailedExecutions: 1 });
    expect(await measured(exportFinished())).to.deep.equal({});
    const verification = EXPORT_ARN.replace('ExportWorkflow', 'VerifyWorkflow');
    expect(
      await measured(workflowFailed(lambdaError('CountsDiffer', 'No.'), 'VerifyWorkflow', verification)),
    ).to.deep.equal({ FailedExecutions: 1, FailedVerifications: 1 });
  });
});
