import { isNamed } from '../errors.ts';
import { findInPages, withToken } from './page-chain.ts';
import type { PoolUser } from '../model.ts';
import type { UserPoolReader } from '../ports.ts';

/** What stands in a filter without more ado; every sub of Cognito does. */
const PLAIN_SUB = /^[\w-]+$/;

/** The account with this sub as a listing shows it now; undefined also for what is no sub, which can be nobody's. */
export async function accountBySub(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  poolId: string,
  sub: string,
): Promise<PoolUser | undefined> {
  if (!PLAIN_SUB.test(sub)) return undefined;
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
