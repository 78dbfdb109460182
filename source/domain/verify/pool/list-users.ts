import { isPrelinked } from '../../backup/federated/prelinked.ts';
import { userKey } from '../../backup/items.ts';
import type { UserItem } from '../../backup/items.ts';
import { usersAgainst } from '../../comparison/list-against.ts';
import type { ListedUser } from '../../comparison/list-against.ts';
import { isDifferent, isSeen, Mark } from '../../comparison/mark.ts';
import type { Compared, Marks } from '../../comparison/marks.ts';
import { signInNameFrom } from '../../comparison/matching.ts';
import type { Matching } from '../../comparison/matching.ts';
import { Ledger } from '../../digests/ledger.ts';
import { differingAttributes } from '../../digests/user-content.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { Chains } from '../../listing/chains.ts';
import { orInOneChain } from '../../listing/user-chains.ts';
import type { PoolUser } from '../../model.ts';
import type { StepEnd } from '../../state/step.ts';
import { unseenUsers } from './expected.ts';
import type { HeldAgainst } from './expected.ts';
import { follow } from './follow.ts';
import { isFederated } from './native-users.ts';
import { Rows } from './rows.ts';
import type { ComparisonRun, CompareState } from './state.ts';

/** Users whose differing attributes are named; of more it is only told that they differ. */
const NAMED_DIFFERENCES = 1_000;

/**
 * Lists all users of the pool and compares each with the backup; once more where an account turned out to be another user than
 * it was taken for.
 */
export async function listUsers(comparison: ComparisonRun, { marks, claims }: HeldAgainst): Promise<StepEnd> {
  const { deps, progress } = comparison;
  const { state } = progress;
  const extra = await Ledger.load(deps.objects, 'extra-users', state.extraUsers);
  const rows = new Rows(state.rows);
  const end = await orInOneChain(
    state.scope,
    deps.log,
    () =>
      follow(comparison, marks, chainsOf(comparison, marks, extra, rows), [
        rows,
        extra,
        ...(claims === undefined ? [] : [claims]),
      ]),
    () => begin(comparison, { scope: 'single' }),
  );
  if (end === 'sliceOver') return end;
  if (claims?.isUnsettled === true) {
    claims.beginAgain();
    forgetUsers(state, marks);
    await begin(comparison, {});
    return 'moved';
  }
  // Users that the filters did not show may be there all the same: one chain over everybody decides.
  const again = state.scope === 'prefixes' && unseenUsers(marks, state.matching as Matching) > 0;
  await begin(comparison, again ? { scope: 'single' } : { step: 'groups' });
  return 'moved';
}

/** What was found of the users is found anew. */
function forgetUsers(state: CompareState, marks: Marks): void {
  marks.users.fill(0);
  delete state.marksKey;
  Object.assign(state, { extraUsers: [], rows: [], lookups: 0 });
  Object.assign(state.counts, { usersDifferent: 0, usersExtra: 0 });
}

async function begin({ progress }: ComparisonRun, next: Partial<Pick<CompareState, 'scope' | 'step'>>): Promise<void> {
  Object.assign(progress.state, next, { chains: NO_CHAINS });
  await progress.save();
}

/** Chains over all users; of those who differ it is found out, before their page is applied, in what. */
function chainsOf(comparison: ComparisonRun, marks: Marks, extra: Ledger, rows: Rows): Chains<ListedUser> {
  const { input, deps, progress } = comparison;
  const { state } = progress;
  const matching = state.matching as Matching;
  const different = new WeakMap<PoolUser, string>();
  return usersAgainst(
    marks,
    { pool: deps.pool, poolId: input.userPoolId, chains: state.chains, scope: state.scope },
    {
      passesOver: isFederated,
      look: async (user, compared) => {
        // Who was seen before has been told before.
        if (isDifferent(compared.mark) && !isSeen(marks.users[compared.ordinal] as number))
          different.set(user, await whatDiffers(comparison, marks, user, compared));
      },
      found: (user, { ordinal }, first) => {
        const names = first ? different.get(user) : undefined;
        if (names === undefined) return;
        state.counts.usersDifferent += 1;
        rows.tell(marks.expectedUser(ordinal).sub, signInNameFrom(user, matching), `different: ${names}`);
      },
      extra: (user) => {
        if (isPrelinked(user)) return;
        if (!extra.add(userKey(user.sub))) return;
        state.counts.usersExtra += 1;
        rows.tell(user.sub, signInNameFrom(user, matching), 'extra: the backup has no such user');
      },
    },
  );
}

/** Names of what differs between the listed user and the backup. */
async function whatDiffers(
  { deps, progress: { state } }: ComparisonRun,
  marks: Marks,
  user: PoolUser,
  { ordinal, mark }: Compared,
): Promise<string> {
  if ((mark & Mark.enabledDiffers) !== 0) return 'enabled';
  if (state.lookups >= NAMED_DIFFERENCES) return 'attributes';
  state.lookups += 1;
  const item = (await deps.table.getItem(userKey(marks.expectedUser(ordinal).sub))) as UserItem | undefined;
  if (item === undefined) return 'attributes';
  const names = differingAttributes(item.attributes, user.attributes);
  return [...names, ...(item.enabled === user.enabled ? [] : ['enabled'])].join(' ');
}
