/**
 * Behaviour of Cognito's CSV import that AWS does not document, or that differs between pools. The defaults are the
 * likeliest reading; a test that wants to be sure of the product runs it under the other values as well.
 */
export interface ImportJobSettings {
  /** Columns that GetCSVHeader returns beyond the pool's own, as `password_hash` on eligible pools. Values are not used. */
  readonly extraColumns: readonly string[];
  /** What the pool stores for a `birthdate` of mm/dd/yyyy: the OIDC form YYYY-MM-DD, or the text of the CSV. */
  readonly birthdateStored: 'iso' | 'as-given';
  /** A backslash that does not escape a comma. */
  readonly backslash: 'kept' | 'dropped';
  /** A double quote: quoting is not supported, so it is either an ordinary character or lost. */
  readonly quote: 'kept' | 'dropped';
  /** Number that the log lines give to the first data row. */
  readonly firstLineNumber: 0 | 1 | 2;
  /** Users per second of one job; 0 is as fast as the emulator can. */
  readonly usersPerSecond: number;
  /** How long a started job stays Pending. */
  readonly pendingMs: number;
  /** How long after its row a log line appears. */
  readonly logDelayMs: number;
  /** Every n-th log line is lost; 0 loses none. */
  readonly dropEveryNthLogLine: number;
  /** The job fails once this many rows, and this share of the rows looked at, have FAILED or were SKIPPED. */
  readonly tooMany: { readonly rows: number; readonly share: number } | undefined;
  /** A job of which the first `jobs` of a pool end so, once this many rows were looked at; the rows after them are not. */
  readonly endEarly:
    { readonly afterRows: number; readonly as: 'Failed' | 'Stopped'; readonly jobs: number } | undefined;
  /** Seconds for which an upload URL is valid (AWS: 15 minutes). */
  readonly uploadUrlSeconds: number;
  /** Milliseconds after which a job that was not started is Expired (AWS: 24 to 48 hours). */
  readonly expiresAfterMs: number;
  /** Scope of "one active import job per account": the quotas are per Region, the sentence about jobs does not say. */
  readonly oneJobPer: 'account' | 'region';
  /** Import jobs that one pool can ever have (AWS: 1,000). */
  readonly jobsPerPool: number;
}

/**
 * The defaults. `tooMany`: AWS gives no figure; its sample failed with 5 rows, and a user reported a job that failed with
 * 32 of 46, so five rows and more than half of those looked at.
 */
export const defaultImportJobOptions: ImportJobSettings = {
  extraColumns: [],
  birthdateStored: 'iso',
  backslash: 'kept',
  quote: 'kept',
  firstLineNumber: 1,
  usersPerSecond: 0,
  pendingMs: 0,
  logDelayMs: 0,
  dropEveryNthLogLine: 0,
  tooMany: { rows: 5, share: 0.5 },
  endEarly: undefined,
  uploadUrlSeconds: 900,
  expiresAfterMs: 24 * 3_600_000,
  oneJobPer: 'account',
  jobsPerPool: 1_000,
};
