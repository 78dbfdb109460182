import { FEDERATED_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import type { Page, UserPoolReader } from '../../ports.ts';

type Listings = Pick<UserPoolReader, 'listUsersPage' | 'listUsersInGroupPage'>;

/** The listings of a pool without users of identity providers: they are in no backup. */
export function nativeUsers(pool: Listings): Listings {
  const native = async (listed: Promise<Page<PoolUser>>): Promise<Page<PoolUser>> => {
    const page = await listed;
    return { ...page, items: page.items.filter(({ status }) => status !== FEDERATED_STATUS) };
  };
  return {
    listUsersPage: (...request) => native(pool.listUsersPage(...request)),
    listUsersInGroupPage: (...request) => native(pool.listUsersInGroupPage(...request)),
  };
}
