import { Chains } from '../listing/chains.ts';
import type { ChainProgress } from '../listing/chains.ts';
import { withToken } from '../listing/page-chain.ts';
import { userChains } from '../listing/user-chains.ts';
import type { ListingScope } from '../listing/user-chains.ts';
import type { PoolUser } from '../model.ts';
import type { UserPoolReader } from '../ports.ts';
import type { Compared, Marks } from './marks.ts';

/** The pool, and how far its listing has come. */
export interface PoolListing<Call extends keyof UserPoolReader> {
  readonly pool: Pick<UserPoolReader, Call>;
  readonly poolId: string;
  readonly chains: ChainProgress;
}

/** A listed user, and what the comparison says; `undefined`: it is not expected. */
export interface ListedUser {
  readonly user: PoolUser;
  readonly compared: Compared | undefined;
  /** See UserUse. */
  readonly passedOver: boolean;
}

/** What becomes of listed users. */
export interface UserUse {
  /** Who is passed over, as if the listing did not show them; all others without it. */
  readonly passesOver?: (user: PoolUser) => boolean;
  /** Before the user's page is applied: the place to look something up. */
  readonly look?: (user: PoolUser, compared: Compared) => Promise<void>;
  /** The user was marked; `first`: no page showed it before. */
  readonly found: (user: PoolUser, compared: Compared, first: boolean) => void;
  /** The user is not expected. */
  readonly extra: (user: PoolUser) => void;
  /** A chain begins again, after so many calls of `extra`: the same users come once more. */
  readonly forgetExtra?: (count: number) => void;
}

/** Lists all users of the pool and marks them; ends as userChains does. */
export function usersAgainst(
  marks: Marks,
  { pool, poolId, chains, scope }: PoolListing<'listUsersPage'> & { readonly scope: ListingScope },
  { passesOver = () => false, look, found, extra, forgetExtra }: UserUse,
): Chains<ListedUser> {
  const comparing = {
    listUsersPage: async (...request: Parameters<UserPoolReader['listUsersPage']>) => {
      const page = await pool.listUsersPage(...request);
      const items: ListedUser[] = page.items.map((user) => {
        const passedOver = passesOver(user);
        return { user, compared: passedOver ? undefined : marks.compare(user), passedOver };
      });
      for (const { user, compared } of look === undefined ? [] : items)
        if (compared !== undefined) await look?.(user, compared);
      return { ...page, items };
    },
  };
  return userChains(comparing, poolId, scope, chains, {
    apply: (_id, listed) => {
      let extras = 0;
      for (const { user, compared, passedOver } of listed) {
        if (passedOver) continue;
        if (compared !== undefined) {
          found(user, compared, marks.see(compared));
          continue;
        }
        extra(user);
        extras += 1;
      }
      return extras;
    },
    forget: (count) => forgetExtra?.(count),
  });
}

/** What becomes of listed members who are not expected; the others are only marked. */
export interface MemberUse {
  /** The membership is not expected; `ordinal`: of the member, where that one is. */
  readonly extra: (group: string, user: PoolUser, ordinal: number | undefined) => void;
  /** See UserUse. */
  readonly forgetExtra?: (count: number) => void;
}

/** Lists the members of the groups and marks their memberships. */
export function membersAgainst(
  marks: Marks,
  {
    pool,
    poolId,
    chains,
    groups,
  }: PoolListing<'listUsersInGroupPage'> & { /** Their names. */ readonly groups: readonly string[] },
  { extra, forgetExtra }: MemberUse,
): Chains<PoolUser> {
  const nameAt = (id: number): string => groups[id] as string;
  return new Chains<PoolUser>(
    groups.length,
    chains,
    (id, token) => pool.listUsersInGroupPage(poolId, nameAt(id), withToken(token)),
    {
      apply: (id, users) => {
        let extras = 0;
        for (const user of users) {
          const { ordinal, expected } = marks.seeMember(nameAt(id), user);
          if (expected) continue;
          extra(nameAt(id), user, ordinal);
          extras += 1;
        }
        return extras;
      },
      forget: (count) => forgetExtra?.(count),
    },
  );
}
