import { drillNotice } from '../workflow/notices/finished-drill.ts';
import { exportNotice } from '../workflow/notices/finished-export.ts';
import { MISSING_RESULTS } from '../import/selection/report.ts';
import { importNotice } from '../workflow/notices/finished-import.ts';
import { verifyNotice } from '../workflow/notices/finished-verify.ts';
import { namedError } from '../workflow/notices/cause.ts';
import { nextAfterFailure } from '../workflow/notices/failure.ts';
import { duration } from '../workflow/notices/text.ts';
import { number } from '../counted.ts';
import { HALTS } from '../errors.ts';
import type { HaltName } from '../errors.ts';
import type { SolutionWorkflow } from '../workflow/lease.ts';
import type { ExecutionFacts } from './execution.ts';
import { inOptions } from './in-options.ts';

/** How an execution ended, for the one who started it. */
export interface Ending {
  /**
   * complete: everything is done and in order; partial: it came to its end, and something is missing, different or to be
   * looked at; refused: before anything was written; notFound: what was named does not exist; failed: anything else.
   */
  readonly kind: 'complete' | 'partial' | 'refused' | 'notFound' | 'failed';
  /** One line. */
  readonly headline: string;
  /** Sentences, in which options stand for keys of the workflow's input. */
  readonly findings: readonly string[];
  /** Counts with their labels. */
  readonly counts: readonly (readonly [label: string, value: string])[];
  /** What to do, where that is not a command. */
  readonly advice?: string;
}

type FailureKind = Exclude<Ending['kind'], 'complete'>;

/** A verification and a drill are there to find it. */
const FOUND_BY_LOOKING = {
  ExportWorkflow: 'refused',
  ImportWorkflow: 'refused',
  VerifyWorkflow: 'partial',
  DrillWorkflow: 'partial',
} as const;

/** Of every halt, what it means to whoever started the workflow; by workflow where that differs. */
const KIND_OF_HALT: Readonly<Record<HaltName, FailureKind | Readonly<Record<SolutionWorkflow, FailureKind>>>> = {
  ExecutionAlreadyRunning: 'refused',
  RestoreInProgress: 'refused',
  InvalidInput: 'refused',
  MfaNotSupported: 'refused',
  MultipleUsernameAttributes: 'refused',
  SourcePoolEmpty: 'refused',
  MassDeleteRefused: 'refused',
  MassChangeRefused: 'refused',
  InvalidNewUserPoolId: 'refused',
  SourcePoolRefused: 'refused',
  UserPoolNotEmpty: 'refused',
  PreflightFailed: 'refused',
  AlreadyRestored: 'refused',
  SnapshotDamaged: 'refused',
  SelectionRefused: 'refused',
  // A restore has waited for the end of the recovery, and may have written before that.
  RecoveryRunning: {
    ExportWorkflow: 'refused',
    ImportWorkflow: 'failed',
    VerifyWorkflow: 'refused',
    DrillWorkflow: 'failed',
  },
  UserPoolNotFound: 'notFound',
  BackupTableNotFound: 'notFound',
  ExportRunNotFound: 'notFound',
  NoSealedBackup: 'notFound',
  RestoreIncomplete: 'partial',
  PoolDiffers: 'partial',
  // What a verification is there to find; a restore that finds it has written nothing.
  ManifestMissing: 'partial',
  CountsDiffer: 'partial',
  ExportRunOpen: 'partial',
  ReplicaBehind: FOUND_BY_LOOKING,
  ChecksumDiffers: FOUND_BY_LOOKING,
  // In the middle of the work, or nobody can say when.
  AccessDenied: 'failed',
  ImportJobFailed: 'failed',
  LeaseLost: 'failed',
  Superseded: 'failed',
};
const isHalt = (error: string): error is HaltName => (HALTS as readonly string[]).includes(error);

/** The kind of a failed execution, by its workflow and the name of its error; what is no halt has failed. */
export function kindOfFailure(workflow: SolutionWorkflow, error: string): FailureKind {
  const kind = isHalt(error) ? KIND_OF_HALT[error] : 'failed';
  return typeof kind === 'string' ? kind : kind[workflow];
}

/**
 * What an execution that has ended tells.
 * @param lostInDryRun users whom a restore would not bring back although no choice of the operator leaves them out
 */
export function endingOf(workflow: SolutionWorkflow, execution: ExecutionFacts, lostInDryRun?: number): Ending {
  if (execution.status === 'SUCCEEDED') return success(workflow, execution, lostInDryRun);
  const { error, cause } = failureIn(execution);
  return {
    kind: kindOfFailure(workflow, error),
    headline: `${workflow} ended as ${execution.status === 'FAILED' ? error : execution.status}`,
    findings: cause === '' ? [] : [inOptions(workflow, cause)],
    counts: [],
    advice: inOptions(workflow, nextAfterFailure(workflow, error)),
  };
}

function failureIn({ status, error, cause }: ExecutionFacts): { readonly error: string; readonly cause: string } {
  if (status !== 'FAILED') return { error: status, cause };
  return namedError({ Error: error, Cause: cause });
}

function success(workflow: SolutionWorkflow, execution: ExecutionFacts, lostInDryRun = 0): Ending {
  const { executionArn, startedAt, endedAt = startedAt, output: result } = execution;
  const event = { event: 'finished' as const, workflow, executionArn, startedAt, result };
  // Of the messages only the subjects are shown.
  const around = { now: endedAt, about: '', firstTime: undefined, bucket: '' };
  const complete = { kind: 'complete', findings: [], counts: countsIn(workflow, result) } as const;
  switch (workflow) {
    case 'ExportWorkflow': {
      const { subject, important } = exportNotice(event, around);
      return { ...complete, kind: important ? 'partial' : 'complete', headline: subject };
    }
    case 'VerifyWorkflow':
      return {
        ...complete,
        headline:
          result.skipped === true
            ? 'Nothing to verify: the last export was verified before'
            : verifyNotice(event, around).subject,
      };
    case 'DrillWorkflow':
      return {
        ...complete,
        headline:
          result.cleanedUp === true
            ? 'Nothing of drills is left: pools that killed ones had made are deleted'
            : drillNotice(event, around).subject,
        ...(typeof result.projectedSeconds === 'number'
          ? { findings: [`A restore of everybody would take ${duration(result.projectedSeconds * 1000)}.`] }
          : {}),
      };
    case 'ImportWorkflow': {
      const { subject } = importNotice(event, around);
      return {
        ...complete,
        kind: result.dryRun === true && lostInDryRun + missingIn(result) > 0 ? 'partial' : 'complete',
        headline: subject,
      };
    }
  }
}

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (value !== null && typeof value === 'object' ? (value as Fields) : {});

/** Counts of a dry run. */
const DRY_RUN = [
  ['by import jobs', 'byCsv'],
  ['one by one', 'oneByOne'],
  ['left out by rule', 'excluded'],
  ['without an attribute', 'withLosses'],
  ['sign-in address not certain', 'signInUnknown'],
] as const;
/** Counts of a restore. */
const RESTORE = [
  ['users in the backup', 'usersInBackup'],
  ['users restored', 'usersRestored'],
  ['left out by rule', 'usersExcluded'],
  ['sign-in address not certain', 'usersSignInUnknown'],
  ['memberships', 'memberships'],
  ['groups', 'groups'],
] as const;
/** Counts that few pools have: a line only where there is something to say. */
const RARE: ReadonlySet<string> = new Set(['signInUnknown', 'usersSignInUnknown']);

function countsIn(workflow: SolutionWorkflow, result: Fields): Ending['counts'] {
  const rows = (fields: Fields, names: readonly (readonly [string, string])[]): (readonly [string, string])[] =>
    names
      .filter(([, name]) => typeof fields[name] === 'number' && (fields[name] !== 0 || !RARE.has(name)))
      .map(([label, name]) => [label, number(fields[name])]);
  if (workflow === 'ExportWorkflow') return exportCounts(fieldsOf(result.manifest));
  if (workflow === 'VerifyWorkflow')
    return rows(
      fieldsOf(result.counts),
      THINGS.map((thing) => [thing, thing]),
    );
  if (workflow === 'DrillWorkflow')
    return [
      ...rows(
        fieldsOf(result.rehearsed),
        THINGS.map((thing) => [`${thing} restored and compared`, thing]),
      ),
      ...rows(fieldsOf(result.backup), [['users in the backup', 'users']]),
      ...rows(result, [['users who may count as active this month', 'mostActiveUsers']]),
    ];
  if (result.selection !== undefined)
    return THINGS.flatMap((thing) =>
      Object.entries(fieldsOf(fieldsOf(result.selection)[thing]))
        .filter(([, count]) => count !== 0)
        .map(([kind, count]) => [`${thing} ${kind}`, number(count)] as const),
    );
  return result.dryRun === true ? rows(result, DRY_RUN) : rows(fieldsOf(result.counts), RESTORE);
}

/** Of the dry run of a selection: what would be missing of what is asked for. */
const missingIn = ({ selection }: Fields): number =>
  THINGS.flatMap((thing) =>
    MISSING_RESULTS.map((kind) => Number(fieldsOf(fieldsOf(selection)[thing])[kind] ?? 0)),
  ).reduce((sum, count) => sum + count, 0);

const THINGS = ['users', 'groups', 'memberships'] as const;

function exportCounts({ counts, added, changed, deleted }: Fields): Ending['counts'] {
  const of = (part: unknown, thing: string): string => number(fieldsOf(part)[thing]);
  return THINGS.map((thing) => [
    thing,
    `${of(counts, thing)} (added ${of(added, thing)}, changed ${of(changed, thing)}, deleted ${of(deleted, thing)})`,
  ]);
}
