import { isNamed } from '../errors.ts';
import type { Page, UserPoolReader } from '../ports.ts';
import { Chains } from './chains.ts';
import type { ChainProgress, PageUse } from './chains.ts';

/** Together these name every user once: the first hex digit of `sub`. */
const PREFIXES = [...'0123456789abcdef'];

/** Over 16 filters on `sub` at once, or in one chain, which is bound by latency. */
export type ListingScope = 'prefixes' | 'single';

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
  const fetch = (id: number, token: string | undefined): Promise<Page<T>> =>
    pool.listUsersPage(poolId, {
      ...(scope === 'single' ? {} : { filter: `sub ^= "${PREFIXES[id] as string}"` }),
      ...(token === undefined ? {} : { token }),
    });
  return new Chains(scope === 'single' ? 1 : PREFIXES.length, progress, fetch, use);
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
