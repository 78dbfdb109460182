import type { WatchState } from '../../watch/state.ts';
import type { AlarmNotice, ToldMetric } from './alarm-event.ts';
import { causesOf, minute } from './stale-causes.ts';
import { alarmLink, bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

/** What an alarm's message says beside what CloudWatch tells. */
export interface AlarmSurroundings {
  readonly now: number;
  readonly about: string;
  readonly primaryRegion: string;
  readonly userPoolId: string;
  readonly exportWorkflowArn: string;
  /** What WatchBackup saw last in this Region; undefined where it never looked. */
  readonly watched: WatchState | undefined;
}

/** Looks come every hour: so long after the last one WatchBackup has missed one for sure. */
const OVERDUE_MS = 2.5 * 3600 * 1000;

const MESSAGES: Readonly<Record<ToldMetric, (alarm: AlarmNotice, around: AlarmSurroundings) => Text>> = {
  BackupAgeRatio: stale,
  UnverifiedAge: unverified,
  SnapshotAgeRatio: oldSnapshot,
  ThrottledCalls: throttled,
  ApproximateNumberOfMessagesVisible: deadLetters,
};

/** The message about an alarm that went off: since when, what may be the cause, and what to do. */
export function alarmNotice(alarm: AlarmNotice, around: AlarmSurroundings): Notice {
  const { subject, paragraphs } = MESSAGES[alarm.metric](alarm, around);
  return {
    subject: subjectOf(subject),
    body: bodyOf([...paragraphs, `Alarm\n  ${alarmLink(alarm.alarmArn)}`, around.about]),
    important: true,
  };
}

/** Subject and paragraphs, without what every message of an alarm has. */
interface Text {
  readonly subject: string;
  readonly paragraphs: readonly (string | undefined)[];
}

function stale({ region, missing }: AlarmNotice, around: AlarmSurroundings): Text {
  const { now, watched, primaryRegion, userPoolId } = around;
  const silent = watched === undefined || now - Date.parse(watched.at) > OVERDUE_MS;
  const backup = watched?.backup;
  const seen =
    watched === undefined
      ? undefined
      : backup === undefined
        ? `The backup in ${region} holds no complete export. By the schedule there should be one since ${minute(watched.staleFrom)}.`
        : `The last complete export in ${region}, ${backup.runId}, began at ${minute(backup.startedAt)}, ${duration(now - Date.parse(backup.startedAt))} ago. ${
            Date.parse(watched.staleFrom) <= now
              ? `By the schedule there should be a newer one since ${minute(watched.staleFrom)}. What changed in the user pool ${userPoolId} after its start may be in no backup; what it holds can be restored.`
              : 'That is recent enough.'
          }`;
  const subject =
    silent || missing
      ? `Nobody knows how old the backup in ${region} is`
      : backup === undefined
        ? `There is NO BACKUP in ${region}, although an export is overdue`
        : `Backup in ${region} is TOO OLD: last export of ${minute(backup.startedAt)}`;
  return {
    subject,
    paragraphs: [
      silent
        ? `WatchBackup, which tells the age of the backup in ${region} every hour, ${watched === undefined ? 'has never reported' : `has not reported since ${minute(watched.at)}`}.`
        : missing
          ? `CloudWatch got no age of the backup in ${region} for three hours, although WatchBackup looked at ${minute(watched.at)}.`
          : undefined,
      seen,
      causesOf({ region, primaryRegion, watched, silent: silent || missing }),
      `What to do next\n${aboutSchedule(around)}\n  Start an export, and read its message:\n${startOf(around)}`,
      region === primaryRegion
        ? undefined
        : `If ${primaryRegion} is lost\n  Restore in ${region}: create an empty user pool here and start ImportWorkflow of this Region with its id.`,
      `Exports so far\n  ${consoleLink(around.exportWorkflowArn)}`,
    ],
  };
}

/** Enables the rule that is known to be disabled; else shows the rules. */
const aboutSchedule = ({ primaryRegion, watched }: AlarmSurroundings): string =>
  watched?.exports?.state === 'disabled'
    ? `  Enable the schedule, unless exports are meant to rest:\n${command([`aws events enable-rule --region ${primaryRegion}`, `--name ${watched.exports.rule}`])}`
    : `  List the rules: one of them has ExportSchedule in its name, and must be ENABLED.\n${command([`aws events list-rules --region ${primaryRegion}`, '--name-prefix StackSet-CognitoUser'])}`;

/** A command of the AWS CLI on lines that survive an e-mail and can be pasted. */
const command = (parts: readonly string[]): string =>
  parts
    .map((part, index) => `${index === 0 ? '    ' : '      '}${part}${index < parts.length - 1 ? ' \\' : ''}`)
    .join('\n');

const startOf = ({ primaryRegion, exportWorkflowArn }: AlarmSurroundings): string =>
  command([
    `aws stepfunctions start-execution --region ${primaryRegion}`,
    "--input '{}' --state-machine-arn",
    exportWorkflowArn,
  ]);

function unverified({ region }: AlarmNotice, { watched, now }: AlarmSurroundings): Text {
  const { runId = '?', sealedAt } = watched?.unverified ?? {};
  const since = sealedAt === undefined ? 'two days' : duration(now - Date.parse(sealedAt));
  return {
    subject: `Backup in ${region} has not been verified for ${since}`,
    paragraphs: [
      `The export ${runId} was sealed ${sealedAt === undefined ? 'more than two days ago' : `at ${minute(sealedAt)}`}, and neither it nor a later one has been verified in ${region} since. Whether this Region's backup is whole is not known.`,
      `Probable causes\n  - VerifyWorkflow fails: each time it has sent a message that says what to do.\n  - The rule with VerifySchedule in its name is disabled, or its role may no longer start VerifyWorkflow: then its starts lie in the queue with EventsDeadLetterQueue in its name.`,
      `What to do next\n  Start VerifyWorkflow in ${region} with the input {}: its message says whether the backup is in order.`,
    ],
  };
}

function oldSnapshot({ region }: AlarmNotice, { watched }: AlarmSurroundings): Text {
  return {
    subject: `Newest snapshot in ${region} is older than SnapshotRetentionDays`,
    paragraphs: [
      `The newest snapshot in ${region} is older than snapshots are kept. It stays, since it is the newest; but no newer export has one.${watched?.backup === undefined ? '' : ` The last complete export here is ${watched.backup.runId}.`}`,
      'Probable causes\n  - Exports do not complete: then another message says so.\n  - In the backup Region, VerifyWorkflow writes the snapshot, and only of a table that is in order: it fails, or is not started.',
      `What to do next\n  Start VerifyWorkflow in ${region} with the input {}, and read its message. If the last export has no snapshot, start ExportWorkflow.`,
    ],
  };
}

function throttled({ region }: AlarmNotice): Text {
  return {
    subject: `Cognito throttles the calls of the workflows in ${region}`,
    paragraphs: [
      `Cognito refused more than a hundred calls within an hour as too many. The workflows slow down and go on; they take longer, and so do others of this account who call Cognito in ${region}.`,
      'Probable causes\n  - Something else of this account uses up the quota of the same category (user reads, user pool reads, resource reads).\n  - CognitoTPS is above what the quota leaves.',
      'What to do next\n  Compare the quotas and their use (Service Quotas, CloudWatch metric CallCount of AWS/Usage). Lower CognitoTPS, or let exports run when less is called.',
    ],
  };
}

/** What a dead-letter queue holds, by the end of its logical id; the queues of batches only wake their consumers. */
const QUEUES: readonly (readonly [name: string, holds: string, next: string])[] = [
  [
    'EventsDeadLetterQueue',
    'events that EventBridge could not deliver: starts by a schedule, ends of executions, or alarms',
    'Each message names the rule and the error. See that its role and its target are as the stack made them (an update of the stack puts them back), then start what was not started.',
  ],
  [
    'MessageBrokerDeadLetterQueue',
    'events that MessageBroker could not turn into a message, after three attempts: somebody was not told of something',
    "Read the messages (they hold no personal data), and MessageBroker's log.",
  ],
];
const WAKES =
  'messages that only wake a function, which could not use them ten times. The truth is in the bucket: neither exports nor restores depend on them';

function deadLetters({ region, queue = '' }: AlarmNotice): Text {
  const [
    ,
    holds = WAKES,
    next = 'If an export or a restore stands still, start it again with the same input. Then purge the queue.',
  ] = QUEUES.find(([name]) => queue.includes(`-${name}-`)) ?? [];
  return {
    subject: `Messages in a dead-letter queue in ${region}`,
    paragraphs: [
      `The queue ${queue} holds ${holds}.`,
      `What to do next\n  ${next} The alarm ends when the queue is empty.`,
    ],
  };
}
