import type { PoolGroup } from '../model.ts';
import type { Clock, UserPoolReader } from '../ports.ts';
import { followChain, newChain, withToken } from './page-chain.ts';

/** ListGroups takes at most 5 calls per second and pool (Cognito quotas, "UserPoolResourceRead"). */
const PAGE_INTERVAL_MS = 220;

/** What listing the groups of a pool needs. */
export interface PoolGroupsDeps {
  readonly pool: Pick<UserPoolReader, 'listGroupsPage'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** All groups of a pool by name. */
export async function poolGroups({ pool, clock }: PoolGroupsDeps, poolId: string): Promise<Map<string, PoolGroup>> {
  const groups = new Map<string, PoolGroup>();
  await followChain<PoolGroup>(newChain(), {
    fetch: async (token) => {
      if (token !== undefined) await clock.sleep(PAGE_INTERVAL_MS);
      return pool.listGroupsPage(poolId, withToken(token));
    },
    apply: (page) => {
      for (const group of page) groups.set(group.name, group);
    },
    restarted: () => groups.clear(),
  });
  return groups;
}
