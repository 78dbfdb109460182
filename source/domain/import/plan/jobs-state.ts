import { restoreFolder } from './plan-model.ts';
import type { ChainProgress } from '../../listing/chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';

/**
 * prepare: build the CSV; create: the job may exist; start: it exists; poll: Cognito runs it; log: it ended; list: rows
 * that the log does not tell of are looked up in the pool.
 */
export type JobStage = 'prepare' | 'create' | 'start' | 'poll' | 'log' | 'list';

/** How far the lookup of rows has come. */
export interface RowListing {
  /** Results objects written so far; part of the next one's key. */
  readonly part: number;
  /** Absent before the first page. */
  readonly pages?: { readonly scope: ListingScope; readonly chains: ChainProgress };
}

/** How one chunk ended: what UpdateUsers and the report need to know. */
export interface ChunkResult {
  readonly chunk: number;
  readonly users: number;
  readonly imported: number;
  /** Rows that no job imported: tried one by one, see `rescueParts`. */
  readonly failed: number;
  /** Rows whose name another user of the pool had: reported, none of their updates are carried out. */
  readonly collisions: number;
  /** Users whose updates are left out: the collisions, and losses that may not be created; see blockedKey. */
  readonly blocked: number;
  /** Objects of `create` operations (rescueKey), worked off before the chunk's own batches. */
  readonly rescueParts: number;
  /** Names of the jobs that ran, for the report. */
  readonly jobs: readonly string[];
}

/** What the ended job reported, until its rows have their results. */
export interface EndedJob {
  readonly status: string;
  readonly imported: number;
  readonly skipped: number;
  readonly failed: number;
}

/** Progress of ImportUsers over the chunks; one object, see Progress. */
export interface JobsState {
  /** The chunk in work; the number of chunks when all have their final result. */
  readonly chunk: number;
  readonly stage: JobStage;
  /** Number in the name of the current (or next) job of this chunk. */
  readonly attempt: number;
  /** Jobs in a row that ended without having been started. */
  readonly neverRan: number;
  readonly job?: { readonly jobId: string; readonly jobName: string; readonly rows: number };
  /** Milliseconds since the epoch. */
  readonly startedAt?: number;
  /** Nothing to do for this function before this time, milliseconds since the epoch; 0: at once. */
  readonly dueAt: number;
  /** Since when Cognito refuses the job because another one of the account is active. */
  readonly busySince?: number;
  readonly ended?: EndedJob;
  readonly logReads: number;
  readonly listing?: RowListing;
  /** The chunk's first job skipped rows that its log does not name: a listed name may be somebody else's. */
  readonly namesTaken?: boolean;
  /** Row results of the chunk so far (RowResults); absent before its first job has ended. */
  readonly resultsKey?: string;
  /** Names of this chunk's jobs that ran to an end, at most MAX_RUNS; only in the first one a skipped row is a collision. */
  readonly ran: readonly string[];
  /** Users per second of the last complete job: when to look at the next one. */
  readonly speed?: number;
  readonly finished: readonly ChunkResult[];
}

export const FIRST_OF_CHUNK = { stage: 'prepare', attempt: 1, neverRan: 0, dueAt: 0, logReads: 0, ran: [] } as const;
export const initialJobsState = (): JobsState => ({ chunk: 0, ...FIRST_OF_CHUNK, finished: [] });

/** Import jobs that a pool may ever have (Cognito quotas); there is no call that deletes one. */
export const JOBS_PER_POOL = 1_000;
/** Follow-up jobs end here; what is left is created one by one. */
export const MAX_RUNS = 3;
/** Jobs in a row that could not be started (upload lost, expired) before the restore stops with the reason. */
export const MAX_NEVER_RAN = 5;

export const jobsStateKey = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}state/import-users.json`;
export const jobName = (restoreId: string, chunk: number, attempt: number): string =>
  `restore-${restoreId}-c${chunk}-a${attempt}`;
/** `line number,sub` of one job; line 1 is the first data row. */
export const mappingKey = (poolId: string, restoreId: string, job: string): string =>
  `${restoreFolder(poolId, restoreId)}mapping/${job}.csv`;
export const rowResultsKey = (
  poolId: string,
  restoreId: string,
  chunk: number,
  attempt: number,
  part: number,
): string => `${restoreFolder(poolId, restoreId)}results/c${chunk}-a${attempt}-${part}.json`;
export const rescueKey = (poolId: string, restoreId: string, chunk: number, part: number): string =>
  `${restoreFolder(poolId, restoreId)}rescue/c${chunk}-${String(part).padStart(5, '0')}.ndjson`;
/** Users of a chunk whose updates must not be carried out. */
export const blockedKey = (poolId: string, restoreId: string, chunk: number): string =>
  `${restoreFolder(poolId, restoreId)}blocked/c${chunk}.json`;
