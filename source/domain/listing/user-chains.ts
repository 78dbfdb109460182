import * as v from 'valibot';
import type { PoolUser } from '../model.ts';
import type { UserPoolReader } from '../ports.ts';
import { Chains } from './chains.ts';
import type { ChainProgress, PageUse } from './chains.ts';

/** Together these name every user once: the first hex digit of `sub`. */
const PREFIXES = [...'0123456789abcdef'];

export const listingScopeShape = v.picklist(['prefixes', 'single']);
/** Over 16 filters on `sub` at once, or in one chain, which is bound by latency. */
export type ListingScope = v.InferOutput<typeof listingScopeShape>;

/** All users of a pool. With the scope `prefixes` a run may end in Fault FilterRefused: then only `single` is possible. */
export function userChains(
  pool: Pick<UserPoolReader, 'listUsersPage'>,
  poolId: string,
  scope: ListingScope,
  progress: ChainProgress,
  use: PageUse<PoolUser>,
): Chains<PoolUser> {
  const fetch = (id: number, token: string | undefined): ReturnType<typeof pool.listUsersPage> =>
    pool.listUsersPage(poolId, {
      ...(scope === 'single' ? {} : { filter: `sub ^= "${PREFIXES[id] as string}"` }),
      ...(token === undefined ? {} : { token }),
    });
  return new Chains(scope === 'single' ? 1 : PREFIXES.length, progress, fetch, use);
}
