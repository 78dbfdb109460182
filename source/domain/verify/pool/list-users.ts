import { userKey } from '../../backup/items.ts';
import type { UserItem } from '../../backup/items.ts';
import { isNamed } from '../../errors.ts';
import { Ledger } from '../../digests/ledger.ts';
import { comparableAttributes } from '../../digests/expected.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { Chains } from '../../listing/chains.ts';
import { userChains } from '../../listing/user-chains.ts';
import { FEDERATED_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import type { UserPoolReader } from '../../ports.ts';
import { chainsIn, followChains } from './follow.ts';
import type { Holdings } from './holdings.ts';
import { nameIn } from './records.ts';
import type { Matching } from './records.ts';
import { Rows } from './rows.ts';
import type { Comparison } from './state.ts';

/** Users whose differing attributes are named; of more it is only told that they differ. */
const NAMED_DIFFERENCES = 1_000;

/** Of listed users who are not what the backup holds: the names of what differs. */
type Differing = Pick<WeakMap<PoolUser, string>, 'get'>;

/** Lists all users of the pool and compares each with the backup. */
export async function listUsers(comparison: Comparison, holdings: Holdings): Promise<void> {
  const { deps, progress } = comparison;
  const { state } = progress;
  const extra = await Ledger.load(deps.objects, 'extra-users', state.extraUsers);
  const rows = new Rows(state.rows);
  const matching = state.matching as Matching;
  const apply = (users: readonly PoolUser[], differing: Differing): void => {
    for (const user of users) {
      if (user.status === FEDERATED_STATUS) continue;
      const ordinal = holdings.find(user);
      if (ordinal === undefined) {
        if (!extra.add(userKey(user.sub))) continue;
        state.counts.usersExtra += 1;
        rows.add(user.sub, nameIn(matching, user), 'extra: the backup has no such user');
      } else if (!holdings.hasSeen(ordinal)) {
        holdings.see(ordinal);
        const different = differing.get(user);
        if (different === undefined) continue;
        state.counts.usersDifferent += 1;
        rows.add(holdings.sub(ordinal), nameIn(matching, user), `different: ${different}`);
      }
    }
  };
  const chains = chainsOf(comparison, holdings, apply);
  progress.storeWith(holdings, rows, extra, chainsIn(comparison, chains));
  try {
    await followChains(comparison, chains);
  } catch (error) {
    if (!isNamed(error, 'FilterRefused') || state.scope === 'single') throw error;
    deps.log.warn('Cognito refuses filters on sub; the users are listed in one chain', {});
    await begin(comparison, 'single');
    return;
  }
  if (!chains.done) return;
  // Users that the filters did not show may be there all the same: one chain over everybody decides.
  const missing = holdings.unseenUsers((ordinal) => !matching.bySub && holdings.isUnconfirmed(ordinal));
  if (missing > 0 && state.scope === 'prefixes') await begin(comparison, 'single');
  else await begin(comparison, state.scope, 'groups');
}

async function begin(
  { progress }: Comparison,
  scope: 'prefixes' | 'single',
  step: 'users' | 'groups' = 'users',
): Promise<void> {
  // The state of the chains is no longer theirs: what was gathered is stored first.
  await progress.save();
  progress.storeWith();
  Object.assign(progress.state, { scope, step, chains: NO_CHAINS });
  await progress.save();
}

/** Chains over all users; of those who differ it is found out, before their page is applied, in what. */
function chainsOf(
  comparison: Comparison,
  holdings: Holdings,
  apply: (users: readonly PoolUser[], different: Differing) => void,
): Chains<PoolUser> {
  const { input, deps, progress } = comparison;
  const { state } = progress;
  const different = new WeakMap<PoolUser, string>();
  const pool: Pick<UserPoolReader, 'listUsersPage'> = {
    listUsersPage: async (poolId, request) => {
      const page = await deps.pool.listUsersPage(poolId, request);
      for (const user of page.items) {
        const what = await whatDiffers(comparison, holdings, user);
        if (what !== undefined) different.set(user, what);
      }
      return page;
    },
  };
  return userChains(pool, input.userPoolId, state.scope, state.chains, {
    apply: (_id, users) => {
      apply(users, different);
      state.pages += 1;
      return 0;
    },
    forget: () => undefined,
  });
}

/** Names of what differs between the listed user and the backup; undefined where nothing does, or where it was told before. */
async function whatDiffers(
  { deps, progress }: Comparison,
  holdings: Holdings,
  user: PoolUser,
): Promise<string | undefined> {
  const ordinal = user.status === FEDERATED_STATUS ? undefined : holdings.find(user);
  if (ordinal === undefined || holdings.hasSeen(ordinal)) return undefined;
  const compared = holdings.compare(ordinal, user);
  if (compared !== 'different') return compared === 'same' ? undefined : compared;
  if (progress.state.lookups >= NAMED_DIFFERENCES) return 'attributes';
  progress.state.lookups += 1;
  const item = (await deps.table.getItem(userKey(holdings.sub(ordinal)))) as UserItem | undefined;
  if (item === undefined) return 'attributes';
  const [wanted, has] = [comparableAttributes(item.attributes), comparableAttributes(user.attributes)];
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(has)])]
    .filter((name) => wanted[name] !== has[name])
    .sort();
  return [...names, ...(item.enabled === user.enabled ? [] : ['enabled'])].join(' ');
}
