import { keyDigest } from '../backup/hashing.ts';
import { isTooLarge } from '../backup/item-size.ts';
import { groupItem, membershipItem, userItem } from '../backup/items.ts';
import { DigestSet } from '../digests/digest-set.ts';
import { Chains, NO_CHAINS } from '../listing/chains.ts';
import { withToken } from '../listing/page-chain.ts';
import { poolGroups } from '../listing/pool-groups.ts';
import { userChains } from '../listing/user-chains.ts';
import { FEDERATED_STATUS, signInAttributeOf } from '../model.ts';
import type { PoolSettings, PoolUser } from '../model.ts';
import type { Clock, TableItem, UserPoolReader } from '../ports.ts';

/** A pool that people use while it is read. */
export interface LivingPool {
  readonly poolId: string;
  readonly settings: PoolSettings;
  readonly pool: Pick<UserPoolReader, 'listUsersPage' | 'listGroupsPage' | 'listUsersInGroupPage'>;
  readonly clock: Pick<Clock, 'sleep'>;
}

/** No run wrote these items. */
const NO_RUN = '';
const never = (): boolean => false;

/**
 * Lists a pool and gives what an export would back up of it now, each item once: native users, groups and memberships. By
 * which of two addresses a user signs in no listing tells: that is in no item. One
 * chain lists the users: filters may hide some, and who is not shown would count as gone.
 */
export async function itemsOfPool(living: LivingPool, take: (items: readonly TableItem[]) => void): Promise<void> {
  const { pool, poolId, settings } = living;
  const seen = new DigestSet();
  const takeNew = (items: readonly TableItem[]): number => {
    take(items.filter((item) => seen.add(keyDigest(item))));
    return 0;
  };
  const nativeOnes = (users: readonly PoolUser[]): readonly PoolUser[] =>
    users.filter(({ status }) => status !== FEDERATED_STATUS);

  const signInAttribute = signInAttributeOf(settings);
  const users = userChains(pool, poolId, 'single', NO_CHAINS, {
    apply: (_id, page) =>
      takeNew(
        nativeOnes(page)
          .map((user) => userItem(user, signInAttribute, NO_RUN))
          .filter((item) => !isTooLarge(item)),
      ),
    forget: () => undefined,
  });
  await users.run(never, () => undefined);

  const groups = await poolGroups(living, poolId);
  takeNew([...groups.values()].map((group) => groupItem(group, NO_RUN)));
  const names = [...groups.keys()];
  const members = new Chains(
    names.length,
    NO_CHAINS,
    (id, token) => pool.listUsersInGroupPage(poolId, names[id] as string, withToken(token)),
    {
      apply: (id, page: readonly PoolUser[]) =>
        takeNew(nativeOnes(page).map(({ sub }) => membershipItem(sub, names[id] as string, NO_RUN))),
      forget: () => undefined,
    },
  );
  await members.run(never, () => undefined);
}
