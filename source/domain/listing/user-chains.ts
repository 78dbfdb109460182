import * as v from 'valibot';
import { Fault, isNamed } from '../errors.ts';
import type { Log, Page, UserPoolReader } from '../ports.ts';
import { Chains } from './chains.ts';
import type { ChainProgress, PageUse } from './chains.ts';
import { withToken } from './page-chain.ts';
import { areSparse } from './page-density.ts';

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

/**
 * All users of a pool. With the scope `prefixes` a run may end in Fault FilterRefused, or FilterSparse where the filters
 * cost more calls than they save: then only `single` is of use.
 */
export function userChains<T>(
  pool: UserPages<T>,
  poolId: string,
  scope: ListingScope,
  progress: ChainProgress,
  use: PageUse<T>,
): Chains<T> {
  const prefixes = scope === 'single' ? [undefined] : SUB_PREFIXES;
  const chains: Chains<T> = new Chains(
    prefixes.length,
    progress,
    async (id, token) => {
      if (areSparse(chains.full))
        throw new Fault('FilterSparse', 'Cognito filters the pages of a listing after it has cut them.');
      return pool.listUsersPage(poolId, { ...prefixFilter(prefixes[id]), ...withToken(token) });
    },
    { ...use, counted: scope === 'prefixes' },
  );
  return chains;
}

/** Calls `list`; once more, in one chain and after `changed`, where Cognito refuses the filters or they are of no use. */
export async function orInOneChain<T>(
  scope: ListingScope,
  log: Pick<Log, 'warn'>,
  list: (scope: ListingScope) => Promise<T>,
  changed: () => void | Promise<void>,
): Promise<T> {
  try {
    return await list(scope);
  } catch (error) {
    if (scope === 'single' || !isNamed(error, 'FilterRefused', 'FilterSparse')) throw error;
    log.warn(
      isNamed(error, 'FilterSparse')
        ? FILTERS_ARE_SPARSE
        : 'Cognito refused the listing by the first digit of sub; one chain lists all users instead.',
    );
    await changed();
    return list('single');
  }
}

/** What the log says where filtered pages are nearly empty. */
export const FILTERS_ARE_SPARSE =
  'Cognito filters by the first digit of sub only after it has cut its pages, so that sixteen chains take far more calls than one; one chain lists the users instead.';
