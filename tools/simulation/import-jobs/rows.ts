import type { ImportSettings } from '../cognito/settings.ts';
import { csvColumns, headerProblem, readCsvFile, splitRow } from './csv.ts';
import { completionMessages } from './ledger.ts';
import type { JobRecord } from './ledger.ts';
import type { ImportJobSettings } from './options.ts';

/** What became of one row. */
export interface RowResult {
  /** As the log counts it: see ImportJobOptions.firstLineNumber. */
  readonly line: number;
  readonly outcome: 'SUCCEEDED' | 'SKIPPED' | 'FAILED';
  readonly reason: string;
}

/** The outcomes that the pool decides, not the row alone. */
export const rowOutcomes = {
  imported: { outcome: 'SUCCEEDED', reason: 'The import succeeded.' },
  exists: { outcome: 'SKIPPED', reason: 'The user already exists.' },
  aliasTaken: { outcome: 'FAILED', reason: 'An alias of the user is already in use by another user.' },
  outsideSchema: { outcome: 'FAILED', reason: 'The user data does not match the schema.' },
  internal: { outcome: 'FAILED', reason: 'An internal error occurred.' },
} as const;

/** A row's line in the job's log. */
export const logLine = ({ line, outcome, reason }: RowResult): string => `[${outcome}] Line Number ${line} - ${reason}`;

/** Counts a row's outcome in its job. */
export function countRow(job: JobRecord, { outcome }: Pick<RowResult, 'outcome'>): void {
  if (outcome === 'SUCCEEDED') job.imported += 1;
  else if (outcome === 'SKIPPED') job.skipped += 1;
  else job.failed += 1;
}

/** How a job ends before its file does. */
export interface EarlyEnd {
  readonly status: 'Failed' | 'Stopped' | 'Expired';
  readonly message: string;
}

/** A started job's file, as far as it can be read into this pool: its header, and its rows one after the other. */
export function openJobFile(
  { file }: JobRecord,
  settings: ImportSettings,
  options: ImportJobSettings,
): { readonly header: readonly string[]; readonly rows: Iterable<string>; readonly rowCount: number } | EarlyEnd {
  const csv = readCsvFile(file ?? { byteLength: 0, pieces: () => [] });
  if ('unreadable' in csv) return { status: 'Failed', message: csv.unreadable };
  const header = splitRow(csv.header, options);
  const problem = headerProblem(header, csvColumns(settings, options.extraColumns));
  return problem === undefined ? { ...csv, header } : { status: 'Failed', message: problem };
}

/** The row after which the job ends early, where the options say so. */
export const lastRowOf = (job: JobRecord, { endEarly }: ImportJobSettings): number =>
  endEarly !== undefined && job.ordinal <= endEarly.jobs ? endEarly.afterRows : Infinity;

/** Whether the job ends here, with `done` rows behind it. */
export function earlyEnd(job: JobRecord, options: ImportJobSettings, done: number): EarlyEnd | undefined {
  const { tooMany, endEarly } = options;
  const lost = job.failed + job.skipped;
  if (tooMany !== undefined && lost >= tooMany.rows && lost > tooMany.share * (lost + job.imported))
    return { status: 'Failed', message: completionMessages.tooMany };
  if (endEarly === undefined || done < lastRowOf(job, options)) return undefined;
  const { as } = endEarly;
  return { status: as, message: as === 'Failed' ? completionMessages.internal : completionMessages.stopped };
}
