import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import type { Clock, UserPoolReader } from '../../ports.ts';
import { usersNamed } from '../plan/pool-names.ts';
import type { RestorePlan } from '../plan/plan-model.ts';

/** The pool that is restored into, and how names are compared there. */
export type RestoredPool = Pick<RestorePlan, 'newUserPoolId' | 'signInName' | 'caseSensitive'>;
type Pool = Pick<UserPoolReader, 'listUsersPage'>;

/** Cognito is eventually consistent: a user who exists and is not known yet is asked for again after these waits. */
export const LAG_MS: readonly number[] = [1_000, 4_000];
/** Listings lag further behind, and who is not listed in time would be taken for somebody else. */
const LISTING_LAG_MS: readonly number[] = [...LAG_MS, 10_000, 25_000];

/** Who may have that name, as a listing shows it now (see usersNamed); nobody also where ListUsers cannot filter by the name. */
export async function listedUsers(pool: Pool, target: RestoredPool, name: string): Promise<readonly PoolUser[]> {
  try {
    return await usersNamed(pool, target, name);
  } catch (error) {
    if (isNamed(error, 'FilterRefused')) return [];
    throw error;
  }
}

/** The same, for a user who must exist: looked for again as long as a listing may lag behind. */
export async function listedUsersInTime(
  pool: Pool,
  target: RestoredPool,
  name: string,
  clock: Pick<Clock, 'sleep'>,
): Promise<readonly PoolUser[]> {
  for (const wait of LISTING_LAG_MS) {
    const found = await listedUsers(pool, target, name);
    if (found.length > 0) return found;
    await clock.sleep(wait);
  }
  return listedUsers(pool, target, name);
}
