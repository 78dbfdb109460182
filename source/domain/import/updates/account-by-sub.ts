import { isNamed } from '../../errors.ts';
import { findInPages, withToken } from '../../listing/page-chain.ts';
import type { PoolUser } from '../../model.ts';
import type { UserPoolReader } from '../../ports.ts';

/** The account as a listing shows it now; undefined also where ListUsers cannot filter by sub. */
export async function accountBySub(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  poolId: string,
  sub: string,
): Promise<PoolUser | undefined> {
  try {
    return await findInPages<PoolUser, PoolUser>(
      (token) => pool.listUsersPage(poolId, { filter: `sub = "${sub}"`, ...withToken(token) }),
      ([found]) => found,
    );
  } catch (error) {
    if (isNamed(error, 'FilterRefused')) return undefined;
    throw error;
  }
}
