import * as v from 'valibot';
import { isNamed } from '../errors.ts';
import type { Page, UserPoolReader } from '../ports.ts';
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

/** ListUsers, whose pages somebody may have made something of. */
export interface UserPages<T> {
  listUsersPage(...request: Parameters<UserPoolReader['listUsersPage']>): Promise<Page<T>>;
}

/** All users of a pool. With the scope `prefixes` a run may end in Fault FilterRefused: then only `single` is possible. */
export function userChains<T>(
  pool: UserPages<T>,
  poolId: string,
  scope: ListingScope,
  progress: ChainProgress,
  use: PageUse<T>,
): Chains<T> {
  const prefixes = scope === 'single' ? [undefined] : SUB_PREFIXES;
  return new Chains(
    prefixes.length,
    progress,
    (id, token) => pool.listUsersPage(poolId, { ...prefixFilter(prefixes[id]), ...withToken(token) }),
    use,
  );
}

/** Calls `list`; once more, in one chain and after `refused`, where Cognito refuses the filters. */
export async function inOneChainIfRefused<T>(
  scope: ListingScope,
  list: (scope: ListingScope) => Promise<T>,
  refused: () => void | Promise<void>,
): Promise<T> {
  try {
    return await list(scope);
  } catch (error) {
    if (scope === 'single' || !isNamed(error, 'FilterRefused')) throw error;
    await refused();
    return list('single');
  }
}
