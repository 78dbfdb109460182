import { keyDigest } from '../backup/hashing.ts';
import { isTooLarge } from '../backup/item-size.ts';
import { groupItem, groupOf, itemKind, keyText, membershipItem, subOfKey, userItem, userKey } from '../backup/items.ts';
import type { ItemKind, UserItem } from '../backup/items.ts';
import { forEachAtOnce } from '../concurrency.ts';
import { DigestSet } from '../digests/digest-set.ts';
import { accountBySub } from '../listing/account-by-sub.ts';
import { Chains, NO_CHAINS } from '../listing/chains.ts';
import { withToken } from '../listing/page-chain.ts';
import { poolGroups } from '../listing/pool-groups.ts';
import { userChains } from '../listing/user-chains.ts';
import { FEDERATED_STATUS, signInAttributeOf } from '../model.ts';
import type { PoolSettings, PoolUser } from '../model.ts';
import type { Clock, ItemKey, TableItem, UserPoolReader } from '../ports.ts';

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
const LOOK_UPS_AT_A_TIME = 4;

/**
 * Lists a pool and gives what an export would back up of it now, each item once: native users, groups and memberships; as an
 * export does, also users whom only a group shows, since they were created meanwhile. By which of two addresses a user signs
 * in no listing tells: that is in no item. One chain lists the users: filters may hide some, and who is not shown would count
 * as gone.
 */
export async function itemsOfPool(living: LivingPool, take: (items: readonly TableItem[]) => void): Promise<void> {
  const { pool, poolId, settings } = living;
  const seen = new DigestSet();
  const takeNew = (items: readonly TableItem[]): number => {
    take(items.filter((item) => seen.add(keyDigest(item))));
    return 0;
  };

  const users = userChains(pool, poolId, 'single', NO_CHAINS, {
    apply: (_id, page) => takeNew(userItems(page, settings)),
    forget: () => undefined,
  });
  await users.run(never, () => undefined);

  const groups = await poolGroups(living, poolId);
  takeNew([...groups.values()].map((group) => groupItem(group, NO_RUN)));
  await listMembers(living, [...groups.keys()], (page, group) => {
    takeNew(page.map(({ sub }) => membershipItem(sub, group, NO_RUN)));
    takeNew(
      userItems(
        page.filter(({ sub }) => !seen.has(keyDigest(userKey(sub)))),
        settings,
      ),
    );
  });
}

/**
 * Of items that a listing did not show, those that are there all the same, as they are now. A listing of a pool in use is no
 * snapshot: users are looked up one by one, groups and the members of groups listed once more.
 */
export async function itemsStillThere(living: LivingPool, keys: readonly ItemKey[]): Promise<readonly TableItem[]> {
  const { pool, poolId, settings } = living;
  const found: TableItem[] = [];
  const ofKind = (kind: ItemKind): readonly ItemKey[] => keys.filter((key) => itemKind(key) === kind);
  const gone = new Set<string>();
  await forEachAtOnce(ofKind('user').map(subOfKey), LOOK_UPS_AT_A_TIME, async (sub) => {
    const user = await accountBySub(pool, poolId, sub);
    if (user === undefined) gone.add(sub);
    else found.push(...userItems([user], settings));
  });
  if (ofKind('group').length > 0)
    found.push(...[...(await poolGroups(living, poolId)).values()].map((group) => groupItem(group, NO_RUN)));
  const memberships = ofKind('membership').filter((key) => !gone.has(subOfKey(key)));
  await listMembers(living, [...new Set(memberships.map(groupOf))], (page, group) =>
    found.push(...page.map(({ sub }) => membershipItem(sub, group, NO_RUN))),
  );
  const wanted = new Set(keys.map(keyText));
  return found.filter((item) => wanted.has(keyText(item)));
}

const nativeOnes = (users: readonly PoolUser[]): readonly PoolUser[] =>
  users.filter(({ status }) => status !== FEDERATED_STATUS);

const userItems = (users: readonly PoolUser[], settings: PoolSettings): readonly UserItem[] =>
  nativeOnes(users)
    .map((user) => userItem(user, signInAttributeOf(settings), NO_RUN))
    .filter((item) => !isTooLarge(item));

/** The native members of each group; none of a group that is not there. */
async function listMembers(
  { pool, poolId }: LivingPool,
  groups: readonly string[],
  take: (members: readonly PoolUser[], group: string) => void,
): Promise<void> {
  const nameAt = (id: number): string => groups[id] as string;
  const members = new Chains<PoolUser>(
    groups.length,
    NO_CHAINS,
    (id, token) => pool.listUsersInGroupPage(poolId, nameAt(id), withToken(token)),
    {
      apply: (id, page) => {
        take(nativeOnes(page), nameAt(id));
        return 0;
      },
      forget: () => undefined,
    },
  );
  await members.run(never, () => undefined);
}
