import type { NamedError } from './cause.ts';
import { namedError } from './cause.ts';
import type { NoticeEvent } from './events.ts';
import { regionOf } from '../lease.ts';
import type { SolutionWorkflow } from '../lease.ts';
import { bodyOf, consoleLink, duration, subjectOf } from './text.ts';
import type { Notice } from './text.ts';

const AGAIN: Readonly<Record<SolutionWorkflow, string>> = {
  ExportWorkflow:
    'Start ExportWorkflow again, with the input {}. Within an hour of its last progress it continues where it stopped; later it starts a new run. Until an export completes, the backup of the last complete one stays in force.',
  ImportWorkflow:
    'Start ImportWorkflow again with the same input: it continues where it stopped, and what is done is not done again.',
  VerifyWorkflow: 'Start VerifyWorkflow again with the same input. It changes neither the backup nor a user pool.',
  DrillWorkflow:
    'Start DrillWorkflow again, with the input {}. Its pool was deleted, or the next drill deletes it; the backup and all other user pools are untouched.',
};
const CORRECT =
  'Correct what the message names, then start the workflow again. Nothing was written to a user pool or to the backup because of this start.';
const NOTHING = 'Nothing: this execution stopped by itself so that two never work at the same time.';

const REPAIR_BACKUP =
  'If the user pool is well, start ExportWorkflow in the primary Region with the input {}: it writes damaged and missing items again, deletes surplus ones and seals a new run. If the pool is lost, restore an earlier run: start ImportWorkflow with "ExportRun" and the id of a run that was verified (the folders below snapshots/ in the mapping-file bucket). Find out who else writes to the table or the bucket.';

/** What the operator should do after a halt, where starting again at once is not it. */
const NEXT: Readonly<Record<string, string>> = {
  ExecutionAlreadyRunning: NOTHING,
  LeaseLost: NOTHING,
  Superseded: NOTHING,
  RestoreInProgress:
    'Nothing while the restore runs. The next scheduled export starts by itself; start one by hand if you need it earlier.',
  InvalidInput: CORRECT,
  InvalidNewUserPoolId: CORRECT,
  SourcePoolRefused: CORRECT,
  UserPoolNotEmpty: CORRECT,
  NoSealedBackup: CORRECT,
  PreflightFailed: CORRECT,
  SelectionRefused: CORRECT,
  MfaNotSupported: CORRECT,
  MultipleUsernameAttributes: CORRECT,
  BackupTableNotFound: CORRECT,
  AlreadyRestored:
    'Nothing: this pool has been restored. If accounts of it are gone and shall be made again, start with "RecreateMissing": true; for another restore create another empty user pool.',
  SourcePoolEmpty:
    'Find out why the user pool shows no native users. The backup was left as it is; if they are lost, restore them with ImportWorkflow.',
  UserPoolNotFound:
    'Check the id and the Region of the user pool. If it was deleted, restore it with ImportWorkflow: the backup was left as it is.',
  AccessDenied:
    'Add the permission that the message names (a stack update puts the roles back as they were), or make the key usable again, then start the workflow again: it continues.',
  RecoveryRunning: 'Do what the message says. Until then the backup stays as the last complete export left it.',
  ReplicaBehind:
    'Wait for the replication and start ImportWorkflow again; or restore a kept run ("ExportRun"), the newest of which the message names; or start it with "AcceptIncomplete": true, and the report says by how much the backup was incomplete.',
  ManifestMissing: `Until a new run is sealed, this backup cannot be proved. ${REPAIR_BACKUP}`,
  CountsDiffer: REPAIR_BACKUP,
  ChecksumDiffers:
    'Restore a kept run ("ExportRun"), or start ImportWorkflow with "AcceptIncomplete": true, which restores the damaged items as they are and reports how many. Find out who else writes to the table.',
  PoolDiffers:
    'Read differences.csv. In the pool of a restore, start ImportWorkflow again with the same input where it ended partial. In the pool that is backed up, changes since the last export are differences: run ExportWorkflow first, then compare.',
  ExportRunOpen:
    'Let the export end (start ExportWorkflow with the input {} if it was interrupted: it completes it), then start VerifyWorkflow again.',
  ExportRunNotFound:
    'Give ExportRun one of the runs that the message names, or leave it out for the newest. All runs of two days are kept, then the last one of each day for SnapshotRetentionDays.',
  SnapshotDamaged:
    'Restore another run (ExportRun), or the newest without ExportRun: that is read from the table. VerifyWorkflow tells which snapshots of the newest run are in order.',
  MassChangeRefused:
    'Find out whether these changes are right. If they are, start ExportWorkflow with {"AllowMassChange": true}; attributes that change all the time belong into UncountedAttributes. If not, repair the user pool, or restore with ImportWorkflow: the backup still holds the values from before.',
  MassDeleteRefused:
    'Find out whether so much was really deleted from the user pool. If it was meant, start ExportWorkflow with {"AllowMassDelete": true}, or with all that the message names where it would also change too much. If not, restore with ImportWorkflow: the backup still holds all of it.',
};

/** As NEXT, for halts that mean something else in a restore. */
const NEXT_OF_RESTORE: Readonly<Record<string, string>> = {
  UserPoolNotFound:
    'Check NewUserPoolId, and that the pool is in the Region of this workflow. If it was deleted meanwhile, restore into another new, empty pool.',
};

/** As NEXT, for halts that mean something else in a verification. */
const NEXT_OF_VERIFICATION: Readonly<Record<string, string>> = {
  ChecksumDiffers: REPAIR_BACKUP,
  NoSealedBackup: 'Run ExportWorkflow in the primary Region to its end first.',
  ReplicaBehind:
    'Watch the table\'s ReplicationLatency and the service health of both Regions. The backup Region looks again every hour. If it stays, restore in the other Region, or an earlier run with "ExportRun"; if replication is in order, items were removed here: start ExportWorkflow with the input {}.',
  UserPoolNotFound: 'Check UserPoolId, and that the pool is in the Region of this workflow.',
};

/** The message about an execution that failed and said so itself. */
export function failureNotice(
  { workflow, executionArn, startedAt, error }: Extract<NoticeEvent, { event: 'failed' }>,
  { now, about }: { readonly now: number; readonly about: string },
): { readonly notice: Notice; readonly named: NamedError } {
  const named = namedError(error);
  return {
    named,
    notice: failed({
      workflow,
      executionArn,
      named,
      about,
      what: `${workflow} stopped after ${duration(now - startedAt)}: ${named.error}.`,
    }),
  };
}

const ENDS = {
  FAILED: 'failed without being able to say so itself',
  TIMED_OUT: 'ran into its timeout',
  ABORTED: 'was stopped from outside (StopExecution)',
} as const;

/** The message about an execution of which only EventBridge told that it ended badly. */
export function endedNotice(
  { workflow, executionArn, startedAt, endedAt, status, error }: Extract<NoticeEvent, { event: 'ended' }>,
  about: string,
): Notice {
  const named = namedError({ Error: status === 'TIMED_OUT' ? 'States.Timeout' : status, ...error });
  const what = `${workflow} ${ENDS[status]} after ${duration(endedAt - startedAt)}.`;
  return failed({
    workflow,
    executionArn,
    about,
    what,
    named: status === 'ABORTED' ? { error: 'ABORTED', cause: '' } : named,
  });
}

const DRILL_DIFFERS =
  'A restore would not bring back what the backup holds. Read the reports that drill.json names (failures.csv of the restore, differences.csv of the comparison): they say who and why. The pool of the drill was deleted; the backup and all other pools are untouched.';
/** As NEXT, for halts that mean something else in a drill. */
const NEXT_OF_DRILL: Readonly<Record<string, string>> = {
  RestoreInProgress: 'Nothing while the restore runs. Start the drill again after it, or leave it to the schedule.',
  PoolDiffers: DRILL_DIFFERS,
  RestoreIncomplete: DRILL_DIFFERS,
  NoSealedBackup: 'Run ExportWorkflow in the primary Region to its end first, then start the drill again.',
  PreflightFailed:
    'A new pool that is made of the settings in the backup would be refused by a restore: correct what the message names before the day on which it is needed.',
  ExportRunOpen: 'An export was sealed just while the drill read the backup. Start the drill again.',
  ReplicaBehind:
    'Start VerifyWorkflow in this Region: it tells whether replication is behind or the backup is damaged.',
  ChecksumDiffers: REPAIR_BACKUP,
};
const NEXT_BY_WORKFLOW: Partial<Readonly<Record<SolutionWorkflow, Readonly<Record<string, string>>>>> = {
  ImportWorkflow: NEXT_OF_RESTORE,
  VerifyWorkflow: NEXT_OF_VERIFICATION,
  DrillWorkflow: NEXT_OF_DRILL,
};

/** What to do after an execution that ended with this error. */
export const nextAfterFailure = (workflow: SolutionWorkflow, error: string): string =>
  NEXT_BY_WORKFLOW[workflow]?.[error] ?? NEXT[error] ?? AGAIN[workflow];

function failed({
  workflow,
  executionArn,
  named,
  about,
  what,
}: {
  readonly workflow: SolutionWorkflow;
  readonly executionArn: string;
  readonly named: NamedError;
  readonly about: string;
  readonly what: string;
}): Notice {
  return {
    subject: subjectOf(`${workflow} in ${regionOf(executionArn)} failed: ${named.error}`),
    body: bodyOf([
      what,
      named.cause === '' ? undefined : named.cause,
      `What to do next\n  ${nextAfterFailure(workflow, named.error)}`,
      `Execution\n  ${consoleLink(executionArn)}`,
      about,
    ]),
    important: true,
  };
}

/** The message about a launch that could not start its first export. */
export const refusedStartNotice = (
  { workflow, stateMachineArn, error }: Extract<NoticeEvent, { event: 'launch-export-refused' }>,
  about: string,
): Notice => ({
  subject: subjectOf(`The first ${workflow} could not be started: ${error}`),
  body: bodyOf([
    `The launch is complete, but its first ${workflow} was refused (${error}). There is no backup yet.`,
    `What to do next\n  Start ${workflow} by hand with the input {}; otherwise the first export comes with the schedule.`,
    `State machine\n  ${consoleLink(stateMachineArn)}`,
    about,
  ]),
  important: true,
});
