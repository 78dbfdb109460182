import type { Tally } from './tally.ts';

/** Sizes of import jobs. */
export interface ChunkLimits {
  readonly firstChunkUsers: number;
  readonly chunkUsers: number;
  /** Bytes of CSV, header included. */
  readonly chunkBytes: number;
}
/** Cognito takes 500,000 users and 100 MB per job. */
export const CHUNK_LIMITS: ChunkLimits = { firstChunkUsers: 1_000, chunkUsers: 50_000, chunkBytes: 90_000_000 };

/** Below so many updates per user the jobs alone decide how long the restore takes, and fewer jobs are better. */
const FEW_UPDATES = 0.1;
/**
 * While Cognito imports a chunk, the updates of the ones before are made. Where updates follow, neither waits for the
 * other for longer than one chunk takes: a twelfth of the users.
 */
const CHUNKS_WITH_UPDATES = 12;

/** What decides how many users the next chunk takes. */
export interface ChunkSizes extends ChunkLimits {
  /** Users by CSV, and the updates that follow. */
  readonly counts: Pick<Tally['counts'], 'byCsv' | 'memberships' | 'disabled'>;
}

/** Most users of the chunk `index` (from 0): the first updates begin soon, and a large pool still takes few jobs. */
export function chunkSize({ firstChunkUsers, chunkUsers, counts }: ChunkSizes, index: number): number {
  const followed = counts.memberships + counts.disabled >= FEW_UPDATES * counts.byCsv;
  const largest = followed
    ? Math.min(chunkUsers, Math.max(2 * firstChunkUsers, Math.ceil(counts.byCsv / CHUNKS_WITH_UPDATES)))
    : chunkUsers;
  return Math.min(firstChunkUsers * 2 ** index, largest);
}
