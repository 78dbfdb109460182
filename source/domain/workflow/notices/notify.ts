import { isNamed } from '../../errors.ts';
import type { Measure, Measured } from '../../watch/metrics.ts';
import { readWatchState } from '../../watch/state.ts';
import { alarmNotice } from './alarm.ts';
import type { AlarmNotice } from './alarm-event.ts';
import type { Clock, Log, ObjectStore } from '../../ports.ts';
import { regionOf } from '../lease.ts';
import { workflowEnded } from '../anonymous-metrics.ts';
import type { AnonymousMetric } from '../anonymous-metrics.ts';
import type { NamedError } from './cause.ts';
import { parseNotice } from './events.ts';
import type { EndNotice, NoticeEvent } from './events.ts';
import { skippedNotice } from './skipped.ts';
import type { SkippedNotice } from './skipped.ts';
import { endedNotice, failureNotice, refusedStartNotice } from './failure.ts';
import { pausedNotice } from './paused.ts';
import { drillNotice } from './finished-drill.ts';
import { exportNotice } from './finished-export.ts';
import { importNotice } from './finished-import.ts';
import { verifyNotice } from './finished-verify.ts';
import { alarmMark, marksOf, pauseMarkOf } from './told.ts';
import type { Notice } from './text.ts';

/** What telling the end of an execution needs. */
export interface NotifyDeps {
  readonly publish: (subject: string, body: string) => Promise<void>;
  readonly sendAnonymous: (event: AnonymousMetric) => Promise<void>;
  /** Metrics of CloudWatch, for the alarms. */
  readonly measure: Measure;
  readonly objects: Pick<ObjectStore, 'get' | 'list' | 'put'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
}

/** The stack's parameters that decide what is told. */
export interface NotifySettings {
  readonly preference: 'INFO_AND_ERRORS' | 'ERRORS_ONLY';
  readonly primaryRegion: string;
  readonly userPoolId: string;
  readonly tableName: string;
  /** The Region's mapping-file bucket. */
  readonly bucket: string;
  /** In the primary Region. */
  readonly exportWorkflowArn: string;
}

/** What MessageBroker answers; of a failure, what the execution then fails with. */
export type Told = { readonly sent: boolean } | NamedError;

const FIRST_SUCCESS = 'notices/first-success.json';
/** Objects below it name the moments at which it was told that the schedule found work under way. */
const SKIPPED_PREFIX = 'notices/skipped/';
const DAY_MS = 24 * 3_600_000;

/**
 * MessageBroker: publishes one message per end of an execution, and the metrics of it. The marker follows the message:
 * what goes wrong between the two gives a second message, never none.
 */
export async function notify(event: unknown, deps: NotifyDeps, settings: NotifySettings): Promise<Told> {
  const notice = parseNotice(event);
  if (notice.event === 'launch-export-refused') {
    await publish(refusedStartNotice(notice, aboutOf(settings)), deps, settings);
    return { sent: true };
  }
  if (notice.event === 'paused') return tellPause(notice, deps, settings);
  if (notice.event === 'alarm') return tellAlarm(notice, deps, settings);
  if (notice.event === 'skipped') return { sent: await tellSkipped(notice, deps, settings) };
  const { message, answer } = await compose(notice, deps, settings);
  const { own, others } = marksOf(notice);
  if (await existsOneOf(deps.objects, [own, ...others])) {
    deps.log.info('The end of this execution was told before', { workflow: notice.workflow });
    return answer ?? { sent: false };
  }
  const sent = await publish(message, deps, settings);
  await deps.objects.put(
    own,
    JSON.stringify({ event: notice.event, toldAt: new Date(deps.clock.now()).toISOString() }),
  );
  if (notice.event === 'finished' && sent) await mark(deps.objects, FIRST_SUCCESS);
  deps.measure(badEnd(notice, answer));
  await deps.sendAnonymous(metricOf(notice, deps.clock.now(), settings));
  return answer ?? { sent };
}

/** At most one message per execution and day: the workflow comes back here for as long as it waits. */
async function tellPause(
  notice: Extract<NoticeEvent, { event: 'paused' }>,
  deps: NotifyDeps,
  settings: NotifySettings,
): Promise<Told> {
  const mark = pauseMarkOf(notice, deps.clock.now());
  if (await exists(deps.objects, mark)) return { sent: false };
  const sent = await publish(pausedNotice(notice, aboutOf(settings)), deps, settings);
  await deps.objects.put(mark, '{}');
  return { sent };
}

/**
 * Tells of an alarm that went off, once. When an alarm judges for the first time there may be no data yet: the metrics of a
 * launch, or of an update that brings the alarm, come a little later.
 */
async function tellAlarm(alarm: AlarmNotice, deps: NotifyDeps, settings: NotifySettings): Promise<Told> {
  if (alarm.first && alarm.missing) {
    deps.log.info('An alarm without data that never judged before is not told', { alarm: alarm.alarmArn });
    return { sent: false };
  }
  const mark = alarmMark(alarm);
  if (await exists(deps.objects, mark)) {
    deps.log.info('This alarm was told before', { alarm: alarm.alarmArn });
    return { sent: false };
  }
  const watched = await readWatchState(deps.objects);
  const now = deps.clock.now();
  const sent = await publish(
    alarmNotice(alarm, { ...settings, now, about: aboutOf(settings), watched }),
    deps,
    settings,
  );
  await deps.objects.put(mark, JSON.stringify({ event: alarm.event, toldAt: new Date(now).toISOString() }));
  return { sent };
}

/** Halts of an export that did not trust what it saw. */
const GUARDS: readonly string[] = ['MassDeleteRefused', 'MassChangeRefused', 'SourcePoolEmpty'];

/** Ends of a drill that was not to be at that moment: nothing speaks against the backup. */
const GAVE_WAY: readonly string[] = ['RestoreInProgress', 'ExecutionAlreadyRunning', 'LeaseLost'];

/** What an execution that ended badly counts as; nothing of one that ended well. */
function badEnd(notice: EndNotice, named: NamedError | undefined): Measured {
  if (!endedBadly(notice)) return {};
  return {
    FailedExecutions: 1,
    ...(notice.workflow === 'VerifyWorkflow' ? { FailedVerifications: 1 } : {}),
    ...(notice.workflow === 'DrillWorkflow' && !GAVE_WAY.includes(named?.error ?? '') ? { FailedDrills: 1 } : {}),
    ...(named !== undefined && GUARDS.includes(named.error) ? { GuardRefusals: 1 } : {}),
  };
}

/** At short intervals a start that finds the last export at work is the rule: it is told at most once a day. */
async function tellSkipped(notice: SkippedNotice, deps: NotifyDeps, settings: NotifySettings): Promise<boolean> {
  const now = deps.clock.now();
  for await (const key of deps.objects.list(SKIPPED_PREFIX)) {
    const toldAt = Date.parse(key.slice(SKIPPED_PREFIX.length, -'.json'.length));
    if (toldAt > now - DAY_MS) return false;
  }
  const sent = await publish(skippedNotice(notice, aboutOf(settings)), deps, settings);
  await deps.objects.put(`${SKIPPED_PREFIX}${new Date(now).toISOString()}.json`, '{}');
  return sent;
}

const FINISHED = {
  ExportWorkflow: exportNotice,
  ImportWorkflow: importNotice,
  VerifyWorkflow: verifyNotice,
  DrillWorkflow: drillNotice,
} as const;

async function compose(
  notice: EndNotice,
  { objects, clock }: NotifyDeps,
  settings: NotifySettings,
): Promise<{ readonly message: Notice; readonly answer?: NamedError }> {
  const about = aboutOf(settings);
  const now = clock.now();
  if (notice.event === 'ended') return { message: endedNotice(notice, about) };
  if (notice.event === 'failed') {
    const { notice: message, named } = failureNotice(notice, { now, about });
    return { message, answer: named };
  }
  const firstTime = (await exists(objects, FIRST_SUCCESS))
    ? undefined
    : confirmHint(regionOf(notice.executionArn), settings);
  return { message: FINISHED[notice.workflow](notice, { now, about, firstTime, bucket: settings.bucket }) };
}

async function publish(
  { subject, body, important }: Notice,
  { publish: send, log }: NotifyDeps,
  { preference }: NotifySettings,
): Promise<boolean> {
  if (!important && preference === 'ERRORS_ONLY') {
    log.info('A success is not published with ERRORS_ONLY');
    return false;
  }
  await send(subject, body);
  return true;
}

const endedBadly = (notice: EndNotice): boolean => notice.event !== 'finished' || notice.result.outcome === 'partial';

function metricOf(notice: EndNotice, now: number, { primaryRegion }: NotifySettings): AnonymousMetric {
  const { workflow, executionArn, startedAt } = notice;
  const runTimeMs = (notice.event === 'ended' ? notice.endedAt : now) - startedAt;
  return workflowEnded(endedBadly(notice) ? 'Error' : 'Finished', {
    workflow,
    region: regionOf(executionArn),
    primaryRegion,
    runTimeMs,
  });
}

const aboutOf = ({ userPoolId, tableName }: NotifySettings): string =>
  `About this message\n  Sent by the launch that backs up ${userPoolId} to the table ${tableName}.`;

const confirmHint = (region: string, { primaryRegion }: NotifySettings): string =>
  `First message from ${region}\n  ${region === primaryRegion ? 'The backup Region' : `The primary Region, ${primaryRegion},`} sends its messages by a topic of its own. Make sure that you confirmed that subscription too; otherwise you will hear nothing from there.`;

async function exists(objects: NotifyDeps['objects'], key: string): Promise<boolean> {
  for await (const found of objects.list(key)) if (found === key) return true;
  return false;
}

async function existsOneOf(objects: NotifyDeps['objects'], keys: readonly string[]): Promise<boolean> {
  for (const key of keys) if (await exists(objects, key)) return true;
  return false;
}

async function mark(objects: NotifyDeps['objects'], key: string): Promise<void> {
  try {
    await objects.put(key, '{}', { absent: true });
  } catch (error) {
    if (!isNamed(error, 'PreconditionFailed')) throw error;
  }
}
