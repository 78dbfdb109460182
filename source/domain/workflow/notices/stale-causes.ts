import type { ExportStarts } from '../../watch/exports.ts';
import type { WatchState } from '../../watch/state.ts';
import { nextAfterFailure } from './failure.ts';

/** What the last look saw, and where. */
export interface StaleBackup {
  readonly region: string;
  readonly primaryRegion: string;
  readonly watched: WatchState | undefined;
  /** WatchBackup, or its metric, is silent. */
  readonly silent: boolean;
}

/** `2026-03-01 02:00 UTC` */
export const minute = (time: string): string => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;

const SILENCE = [
  'WatchBackup fails (its log group in this Region tells why), or the rule with WatchSchedule in its name is disabled.',
];

/** The paragraph that says why: the cause where the last look found it, else the probable ones. */
export function causesOf(stale: StaleBackup): string {
  const { region, primaryRegion, watched, silent } = stale;
  const exports = watched?.exports;
  const found = exports === undefined || silent ? undefined : foundIn(exports, stale);
  if (found !== undefined) return `Cause, found at ${minute(watched?.at ?? '')}\n${listed([found])}`;
  return `Probable causes\n${listed([
    ...(silent ? SILENCE : []),
    ...(region === primaryRegion
      ? []
      : [
          `${primaryRegion} is down, or the table is no longer replicated (its metric ReplicationLatency tells). The schedule is there, and cannot be asked from ${region}: if ${primaryRegion} answers, its own message names the cause.`,
        ]),
    ...(exports === undefined || exports.unanswered.length === 0
      ? []
      : [`WatchBackup could not find out which: ${exports.unanswered.join(', ')}.`]),
    'The schedule (the rule with ExportSchedule in its name) is disabled or was deleted.',
    `${ROLE} An update of the stack puts roles back.`,
    'The user pool is gone or cannot be read: UserPoolNotFound or AccessDenied in the messages of exports. The backup is as it was: restore it with ImportWorkflow.',
    'Exports are refused by a guard (MassDeleteRefused, MassChangeRefused, SourcePoolEmpty), or wait for a restore (RestoreInProgress): each has sent a message that says what to do.',
  ])}`;
}

const ROLE =
  "The schedule's role may no longer start ExportWorkflow: then its starts lie in the queue with EventsDeadLetterQueue in its name.";

const listed = (causes: readonly string[]): string => causes.map((cause) => `  - ${cause}`).join('\n');

/** Undefined where the look could not tell. */
function foundIn(exports: ExportStarts, { watched }: StaleBackup): string | undefined {
  const { rule, state, newest } = exports;
  if (state === 'disabled') return `The schedule is DISABLED (rule ${rule}): no export starts by itself.`;
  if (state === 'gone')
    return `The schedule was deleted: the rule ${rule} does not exist, and no export starts by itself. Start exports by hand until a rule starts ExportWorkflow again with the role that has ExportScheduleRole in its name.`;
  if (newest === undefined) return exports.unanswered.length > 0 ? undefined : neverStarted(rule);
  const { status, startedAt, error } = newest;
  if (status === 'RUNNING') return `An export has been running since ${minute(startedAt)} and has not ended.`;
  if (status === 'SUCCEEDED')
    return startedAt > (watched?.backup?.startedAt ?? '')
      ? undefined
      : `The schedule is ENABLED, and yet no export has started since ${minute(startedAt)}: ${uncapitalized(ROLE)} An update of the stack puts it back.`;
  if (status !== 'FAILED')
    return `The last export, of ${minute(startedAt)}, was cut off (${status}). ${nextAfterFailure('ExportWorkflow', status)}`;
  return error === undefined
    ? undefined
    : `The last export, of ${minute(startedAt)}, ended as ${error}. ${nextAfterFailure('ExportWorkflow', error)}`;
}

const neverStarted = (rule: string): string =>
  `The schedule (rule ${rule}) is ENABLED, and no export has ever started: ${uncapitalized(ROLE)} An update of the stack puts it back.`;

const uncapitalized = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
