import type { PoolUser } from '../../model.ts';
import { findInPages, withToken } from '../../listing/page-chain.ts';
import type { UserPoolReader } from '../../ports.ts';
import type { RestorePlan } from './plan-model.ts';
import { nameKey } from '../../digests/user-content.ts';

/**
 * The user of that name in the new pool. Whether a filter ignores case where the pool does is not documented, so both
 * forms are tried there. Fault FilterRefused when ListUsers cannot filter by this name.
 */
export async function findUser(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  target: Pick<RestorePlan, 'newUserPoolId' | 'signInName' | 'caseSensitive'>,
  name: string,
): Promise<PoolUser | undefined> {
  for (const form of new Set([name, nameKey(name, target.caseSensitive)])) {
    const found = await findExactly(pool, target, form);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findExactly(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  target: Pick<RestorePlan, 'newUserPoolId' | 'signInName'>,
  name: string,
): Promise<PoolUser | undefined> {
  const filter = `${target.signInName} = "${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  return findInPages<PoolUser, PoolUser>(
    (token) => pool.listUsersPage(target.newUserPoolId, { filter, ...withToken(token) }),
    ([found]) => found,
  );
}
