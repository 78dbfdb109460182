import { attributeOfName } from '../../comparison/matching.ts';
import { nameKey } from '../../digests/user-content.ts';
import { findInPages, withToken } from '../../listing/page-chain.ts';
import type { PoolUser } from '../../model.ts';
import type { UserPoolReader } from '../../ports.ts';
import type { RestorePlan } from './plan-model.ts';

type Pool = Pick<UserPoolReader, 'listUsersPage'>;
type Target = Pick<RestorePlan, 'newUserPoolId' | 'signInName' | 'caseSensitive'>;

/**
 * Who may have that name in the new pool: one user, or, where the pool takes either address, also somebody whose other
 * address it is. Whether a filter ignores case where the pool does is not documented, so both forms are tried there. Fault
 * FilterRefused when ListUsers cannot filter by this name.
 */
export async function usersNamed(pool: Pool, target: Target, name: string): Promise<readonly PoolUser[]> {
  for (const form of new Set([name, nameKey(name, target.caseSensitive)])) {
    const found = await findExactly(pool, target, form);
    if (found !== undefined) return found;
  }
  return [];
}

/** The filter of ListUsers for users whose attribute has this value. */
export const filterBy = (attribute: string, value: string): string =>
  `${attribute} = "${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

function findExactly(pool: Pool, target: Target, name: string): Promise<readonly PoolUser[] | undefined> {
  const filter = filterBy(attributeOfName(name, target), name);
  return findInPages<PoolUser, readonly PoolUser[]>(
    (token) => pool.listUsersPage(target.newUserPoolId, { filter, ...withToken(token) }),
    (page) => (page.length === 0 ? undefined : page),
  );
}
