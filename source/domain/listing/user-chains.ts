import * as v from 'valibot';
import type { PoolUser } from '../model.ts';
import type { UserPoolReader } from '../ports.ts';
import { Chains } from './chains.ts';
import type { ChainProgress, PageUse } from './chains.ts';
import { withToken } from './page-chain.ts';

/** Subs are lower-case UUIDs, so that these first digits together name every user once. */
export const SUB_PREFIXES = [...'0123456789abcdef'];

/** The filter of ListUsers for the users whose sub begins so; none for all users. */
export const prefixFilter = (prefix: string | undefined): { readonly filter?: string } =>
  prefix === undefined ? {} : { filter: `sub ^= "${prefix}"` };

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
  const prefixes = scope === 'single' ? [undefined] : SUB_PREFIXES;
  return new Chains(
    prefixes.length,
    progress,
    (id, token) => pool.listUsersPage(poolId, { ...prefixFilter(prefixes[id]), ...withToken(token) }),
    use,
  );
}
