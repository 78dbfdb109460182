import * as v from 'valibot';
import { chainProgressShape } from '../../listing/chains.ts';
import { listingScopeShape } from '../../listing/user-chains.ts';
import type { ObjectStore } from '../../ports.ts';
import { Checkpoint } from '../../state/checkpoint.ts';
import { countShape, subShape, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { restoreFolder } from './plan-model.ts';

const rowListingShape = v.object({
  /** Results objects written so far; part of the next one's key. */
  part: countShape,
  /** Absent before the first page. */
  pages: v.exactOptional(v.object({ scope: listingScopeShape, chains: chainProgressShape })),
});
/** How far the lookup of rows has come. */
export type RowListing = Stored<typeof rowListingShape>;

const windowsShape = v.array(v.strictTuple([v.number(), v.number()]));

export const chunkAccountShape = v.object({
  /** In the backup. */
  sub: subShape,
  /** In the new pool; absent: an import job told of the account, and no listing shows it yet. */
  newSub: v.exactOptional(subShape),
  /** When it was created, milliseconds since the epoch. */
  at: v.exactOptional(v.number()),
});
/** Whose account a look at the pool found for a row. */
export type ChunkAccount = Stored<typeof chunkAccountShape>;

const chunkResultShape = v.object({
  chunk: countShape,
  users: countShape,
  imported: countShape,
  /** Rows that no job imported: tried one by one, see `rescueParts`. */
  failed: countShape,
  /** Rows whose name another user of the pool had: reported, none of their updates are carried out. */
  collisions: countShape,
  /** Users whose updates are left out: the collisions, and up to version 2.0.0 losses that triggers kept from being created; see blockedKey. */
  blocked: countShape,
  /** Objects of `create` operations (rescueKey), worked off before the chunk's own batches. */
  rescueParts: countShape,
  /** Names of the jobs that ran, for the report. */
  jobs: textsShape,
  /** When these jobs ran: from and until, milliseconds since the epoch. Absent in results of version 2.0.0. */
  windows: v.exactOptional(windowsShape),
  /** NDJSON of ChunkAccount, where the pool was looked at; absent: nobody was looked up. */
  accountsKey: v.exactOptional(v.string()),
  /** RowProofs of the chunk; see writeProofs. */
  proofsKey: v.exactOptional(v.string()),
  /** RowResults of the chunk; absent: a job imported all of its rows. */
  resultsKey: v.exactOptional(v.string()),
});
/** How one chunk ended: what UpdateUsers and the report need to know. */
export type ChunkResult = Stored<typeof chunkResultShape>;

export const jobsStateShape = v.object({
  /** The chunk in work; the number of chunks when all have their final result. */
  chunk: countShape,
  /**
   * prepare: build the CSV; create: the job may exist; start: it exists; poll: Cognito runs it; log: it ended; list: rows
   * that the log does not tell of are looked up in the pool.
   */
  stage: v.picklist(['prepare', 'create', 'start', 'poll', 'log', 'list']),
  /** Number in the name of the current (or next) job of this chunk. */
  attempt: countShape,
  /** Jobs in a row that ended without having been started. */
  neverRan: countShape,
  job: v.exactOptional(
    v.object({
      jobId: v.string(),
      jobName: v.string(),
      rows: countShape,
      /** Rows that it had imported at the last look. */
      imported: v.exactOptional(countShape),
    }),
  ),
  /** Milliseconds since the epoch. */
  startedAt: v.exactOptional(v.number()),
  /** Nothing to do for this function before this time, milliseconds since the epoch; 0: at once. */
  dueAt: v.number(),
  /** Since when Cognito refuses the job because another one of the account is active. */
  busySince: v.exactOptional(v.number()),
  /** What the ended job reported, until its rows have their results. */
  ended: v.exactOptional(
    v.object({
      status: v.string(),
      imported: countShape,
      skipped: countShape,
      failed: countShape,
      /** When it ran; absent in states of version 2.0.0. */
      window: v.exactOptional(v.strictTuple([v.number(), v.number()])),
    }),
  ),
  /** When the chunk's ended jobs ran. */
  windows: v.exactOptional(windowsShape),
  /** How often accounts that the listing should show were looked for once more. */
  looks: v.exactOptional(countShape),
  logReads: countShape,
  listing: v.exactOptional(rowListingShape),
  /** Set once filters were refused, or of no use: they are not tried again. */
  oneChain: v.exactOptional(v.boolean()),
  /** Row results of the chunk so far (RowResults); absent before its first job has ended. */
  resultsKey: v.exactOptional(v.string()),
  /** Names of this chunk's jobs that ran to an end, at most MAX_RUNS; they. */
  ran: textsShape,
  /** Users per second of the last complete job: when to look at the next one. */
  speed: v.exactOptional(v.number()),
  finished: v.array(chunkResultShape),
});
/** Progress of ImportUsers over the chunks: each step makes a new one; see Progress. */
export type JobsState = Stored<typeof jobsStateShape>;

export const FIRST_OF_CHUNK = { stage: 'prepare', attempt: 1, neverRan: 0, dueAt: 0, logReads: 0, ran: [] } as const;
/** Before the first job of the first chunk. */
export const initialJobsState = (): JobsState => ({ chunk: 0, ...FIRST_OF_CHUNK, finished: [] });

/** Import jobs that a pool may ever have (Cognito quotas); there is no call that deletes one. */
export const JOBS_PER_POOL = 1_000;
/** Follow-up jobs end here; what is left is created one by one. */
export const MAX_RUNS = 3;
/** Jobs in a row that could not be started (upload lost, expired) before the restore stops with the reason. */
export const MAX_NEVER_RAN = 5;

/** Key of the checkpoint of ImportUsers. */
export const jobsStateKey = (poolId: string, restoreId: string): string =>
  `${restoreFolder(poolId, restoreId)}state/import-users.json`;
/** How far ImportUsers has come, for functions that only look. */
export const peekJobs = async (
  objects: Pick<ObjectStore, 'get'>,
  poolId: string,
  restoreId: string,
): Promise<JobsState> =>
  (await Checkpoint.peek(objects, jobsStateKey(poolId, restoreId), jobsStateShape)) ?? initialJobsState();
/** Name of an import job: one per chunk and attempt, so that a job whose answer was lost is found again. */
export const jobName = (restoreId: string, chunk: number, attempt: number): string =>
  `restore-${restoreId}-c${chunk}-a${attempt}`;
/** `line number,sub` of one job; line 1 is the first data row. */
export const mappingKey = (poolId: string, restoreId: string, job: string): string =>
  `${restoreFolder(poolId, restoreId)}mapping/${job}.csv`;
/** Key of a chunk's RowResults after one of its jobs. */
export const rowResultsKey = (
  poolId: string,
  restoreId: string,
  chunk: number,
  attempt: number,
  /** How many results of the attempt there were before; or whose last ones they are. */
  part: number | string,
): string => `${restoreFolder(poolId, restoreId)}results/c${chunk}-a${attempt}-${part}.json`;
/** Operations of a rescue object, as in planned batches. */
export const RESCUE_OPS = 500;
/** Key of `create` operations for rows that no job imported; UpdateUsers works them off. */
export const rescueKey = (poolId: string, restoreId: string, chunk: number, part: number): string =>
  `${restoreFolder(poolId, restoreId)}rescue/c${chunk}-${String(part).padStart(5, '0')}.ndjson`;
/** Users of a chunk whose updates must not be carried out. */
export const blockedKey = (poolId: string, restoreId: string, chunk: number): string =>
  `${restoreFolder(poolId, restoreId)}blocked/c${chunk}.json`;
