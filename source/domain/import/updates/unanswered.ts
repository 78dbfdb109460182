import { isNamed } from '../../errors.ts';
import type { Refusal, UserPoolReader } from '../../ports.ts';

/** The reason of a write that failed in every attempt although the pool answers otherwise; it may have been carried out. */
const UNANSWERED = 'ServiceError';
export const isUnanswered = (outcome: unknown): boolean => (outcome as Partial<Refusal>).refused === UNANSWERED;

/**
 * Makes a write for one user or group. Where it fails in every attempt and the pool answers otherwise, that is taken for a
 * refusal, which costs this user or group; where the pool does not answer either, its error is thrown.
 */
export async function unlessUnanswered<T>(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  poolId: string,
  write: () => Promise<T>,
): Promise<T | Refusal> {
  try {
    return await write();
  } catch (error) {
    if (!isNamed(error, 'ServiceError')) throw error;
    await pool.listUsersPage(poolId, { limit: 1 });
    return { refused: UNANSWERED };
  }
}
