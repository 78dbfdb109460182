/**
 * Errors with a name of their own. Step Functions matches `ErrorEquals` on the name, notifications show the message:
 * it names the thing, what was found and what to do, and never holds personal data.
 */

/** Conditions that end an execution on purpose: nothing is retried, the operator is told what to do. */
export const HALTS = [
  'ExecutionAlreadyRunning',
  'RestoreInProgress',
  'InvalidInput',
  'MfaNotSupported',
  'MultipleUsernameAttributes',
  'UserPoolNotFound',
  'AccessDenied',
  'SourcePoolEmpty',
  'MassDeleteRefused',
  'MassChangeRefused',
  'InvalidNewUserPoolId',
  'SourcePoolRefused',
  'UserPoolNotEmpty',
  'NoSealedBackup',
  'BackupTableNotFound',
  'ReplicaBehind',
  'PreflightFailed',
  'AlreadyRestored',
  'SelectionRefused',
  'ImportJobFailed',
  'RestoreIncomplete',
  'ExportRunNotFound',
  'SnapshotDamaged',
  'ManifestMissing',
  'CountsDiffer',
  'ChecksumDiffers',
  'PoolDiffers',
  'ExportRunOpen',
  'LeaseLost',
  'Superseded',
  'RecoveryRunning',
] as const;
/** Error names at which the state machines end an execution. */
export type HaltName = (typeof HALTS)[number];

/** Ends the execution with `name` as its error; see HALTS. */
export class Halt extends Error {
  override readonly name: HaltName;
  constructor(name: HaltName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** Conditions that the domain code handles or that a retry of the state repairs. */
export const FAULTS = [
  /** A pagination token was refused: restart that chain of pages. */
  'InvalidPaginationToken',
  /** Cognito refused the filter of a listing: fall back to one unfiltered chain. */
  'FilterRefused',
  /** Filtered pages are nearly empty: one unfiltered chain takes fewer calls. */
  'FilterSparse',
  /** Still throttled after patient retries without any progress. */
  'Throttled',
  /** AWS's own recovery of the user pool pauses its writes: wait until it has ended. */
  'WritesPaused',
  /** Single users or groups are being restored: the export waits until that has ended. */
  'SelectionRunning',
  /** A conditional write to an object lost against another writer. */
  'PreconditionFailed',
  /** Items or messages that a batch call kept refusing. */
  'Unprocessed',
  /** A stored object is missing, truncated or not what it should be. */
  'BadState',
  /** A service answered with an error that a later try may not see. */
  'ServiceError',
] as const;
/** Error names that the code itself tells apart. */
export type FaultName = (typeof FAULTS)[number];

/**
 * An error that the code handles or a retry of the state repairs; see FAULTS. One that no retry repairs fails the
 * execution.
 */
export class Fault extends Error {
  override readonly name: FaultName;
  constructor(name: FaultName, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** True when `error` carries one of `names` (also across bundles, where instanceof fails). */
export const isNamed = (error: unknown, ...names: readonly (HaltName | FaultName)[]): boolean =>
  error instanceof Error && (names as readonly string[]).includes(error.name);
