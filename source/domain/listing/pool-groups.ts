import { isNamed } from '../errors.ts';
import type { PoolGroup } from '../model.ts';
import { nextToken } from './next-token.ts';
import type { Clock, UserPoolReader } from '../ports.ts';

/** ListGroups takes at most 5 calls per second and pool (Cognito quotas, "UserPoolResourceRead"). */
const PAGE_INTERVAL_MS = 220;
const MAX_TOKEN_RESTARTS = 5;

export interface PoolGroupsDeps {
  readonly pool: Pick<UserPoolReader, 'listGroupsPage'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** All groups of a pool by name. A pagination token that is refused, or that leads back to itself, restarts the listing, at most five times. */
export async function poolGroups(deps: PoolGroupsDeps, poolId: string): Promise<Map<string, PoolGroup>> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await listGroups(deps, poolId);
    } catch (error) {
      if (!isNamed(error, 'InvalidPaginationToken') || restarts >= MAX_TOKEN_RESTARTS) throw error;
    }
  }
}

async function listGroups({ pool, clock }: PoolGroupsDeps, poolId: string): Promise<Map<string, PoolGroup>> {
  const groups = new Map<string, PoolGroup>();
  for (let token: string | undefined; ; await clock.sleep(PAGE_INTERVAL_MS)) {
    const page = await pool.listGroupsPage(poolId, token === undefined ? {} : { token });
    for (const group of page.items) groups.set(group.name, group);
    token = nextToken(page, token);
    if (token === undefined) return groups;
  }
}
