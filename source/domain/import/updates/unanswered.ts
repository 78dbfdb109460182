import { isNamed } from '../../errors.ts';
import type { Clock, Refusal, UserPoolReader } from '../../ports.ts';

/** The reason of a write that failed in every attempt although the pool answers otherwise; it may have been carried out. */
const UNANSWERED = 'ServiceError';
export const isUnanswered = (outcome: unknown): boolean => (outcome as Partial<Refusal>).refused === UNANSWERED;

interface Target {
  readonly pool: Pick<UserPoolReader, 'listUsersPage'>;
  readonly poolId: string;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** A write that fails although the pool answers is made again after these waits, each time with all of its attempts. */
const AGAIN_MS: readonly number[] = [1_000, 5_000, 15_000];

/**
 * Makes a write for one user or group. Where it fails in every attempt and the pool answers otherwise, that is taken for a
 * refusal, which costs this user or group; where the pool does not answer either, its error is thrown.
 */
export async function unlessUnanswered<T>(
  { pool, poolId, clock }: Target,
  write: () => Promise<T>,
): Promise<T | Refusal> {
  for (const wait of [...AGAIN_MS, 0])
    try {
      return await write();
    } catch (error) {
      if (!isNamed(error, 'ServiceError')) throw error;
      await pool.listUsersPage(poolId, { limit: 1 });
      await clock.sleep(wait);
    }
  return { refused: UNANSWERED };
}
