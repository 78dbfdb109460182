import { isNamed } from '../../errors.ts';
import { nameKey } from '../../digests/user-content.ts';
import { findInPages, withToken } from '../../listing/page-chain.ts';
import type { PoolUser } from '../../model.ts';
import type { UserPoolReader } from '../../ports.ts';
import { isVerified } from '../csv/verified.ts';
import { filterBy } from '../plan/pool-names.ts';
import type { RestorePlan } from '../plan/plan-model.ts';
import type { AddressClaim } from './attributes.ts';

/**
 * Somebody other than the account `sub` who signs in by the address, where it is an alias; undefined where nobody does,
 * or where ListUsers cannot filter by it.
 * Whether a filter ignores case where the pool does is not documented, so both forms are tried there.
 */
export async function aliasHolder(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  { newUserPoolId, caseSensitive }: Pick<RestorePlan, 'newUserPoolId' | 'caseSensitive'>,
  { contact, value }: AddressClaim,
  sub: string | undefined,
): Promise<PoolUser | undefined> {
  const holderAs = (form: string): Promise<PoolUser | undefined> =>
    findInPages<PoolUser, PoolUser>(
      (token) => pool.listUsersPage(newUserPoolId, { filter: filterBy(contact, form), ...withToken(token) }),
      (page) => page.find((account) => account.sub !== sub && isVerified(account.attributes, contact)),
    );
  for (const form of new Set([value, nameKey(value, caseSensitive)]))
    try {
      const found = await holderAs(form);
      if (found !== undefined) return found;
    } catch (error) {
      if (!isNamed(error, 'FilterRefused')) throw error;
    }
  return undefined;
}
