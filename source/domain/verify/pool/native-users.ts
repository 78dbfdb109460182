import { FEDERATED_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import type { UserPoolReader } from '../../ports.ts';

/** Users of identity providers are in no backup. */
export const isFederated = ({ status }: PoolUser): boolean => status === FEDERATED_STATUS;

/** The listing of groups' members without users of identity providers. */
export function nativeMembers(
  pool: Pick<UserPoolReader, 'listUsersInGroupPage'>,
): Pick<UserPoolReader, 'listUsersInGroupPage'> {
  return {
    listUsersInGroupPage: async (...request) => {
      const page = await pool.listUsersInGroupPage(...request);
      return { ...page, items: page.items.filter((user) => !isFederated(user)) };
    },
  };
}
