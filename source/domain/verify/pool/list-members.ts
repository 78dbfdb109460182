import { membershipKey } from '../../backup/items.ts';
import { Ledger } from '../../digests/ledger.ts';
import { readJson } from '../../state/json-object.ts';
import { textsShape } from '../../state/shape.ts';
import { Chains } from '../../listing/chains.ts';
import { FEDERATED_STATUS } from '../../model.ts';
import type { PoolUser } from '../../model.ts';
import { chainsIn, followChains } from './follow.ts';
import type { Holdings } from './holdings.ts';
import { nameIn } from './records.ts';
import type { Matching } from './records.ts';
import { Rows } from './rows.ts';
import { NO_CHAINS } from './state.ts';
import type { Comparison } from './state.ts';

/** Lists the members of every group of the pool and compares the memberships with the backup's. */
export async function listMembers(comparison: Comparison, holdings: Holdings): Promise<void> {
  const { input, deps, progress } = comparison;
  const { state } = progress;
  const groups = await readJson(deps.objects, state.groupsKey as string, textsShape);
  const extra = await Ledger.load(deps.objects, 'extra-memberships', state.extraMemberships);
  const rows = new Rows(state.rows);
  const matching = state.matching as Matching;
  const take = (group: string, user: PoolUser): void => {
    if (user.status === FEDERATED_STATUS) return;
    const ordinal = holdings.find(user);
    const membership = ordinal === undefined ? undefined : holdings.membership(holdings.sub(ordinal), group);
    if (membership !== undefined) holdings.seeMembership(membership);
    else if (extra.add(membershipKey(user.sub, group))) {
      state.counts.membershipsExtra += 1;
      rows.add(
        ordinal === undefined ? user.sub : holdings.sub(ordinal),
        nameIn(matching, user),
        `membership in the group ${group}: extra: the backup has no such membership`,
      );
    }
  };
  const chains = new Chains<PoolUser>(
    groups.length,
    state.chains,
    (id, token) =>
      deps.pool.listUsersInGroupPage(input.userPoolId, groups[id] as string, token === undefined ? {} : { token }),
    {
      apply: (id, users) => {
        for (const user of users) take(groups[id] as string, user);
        state.pages += 1;
        return 0;
      },
      forget: () => undefined,
    },
  );
  progress.storeWith(holdings, rows, extra, chainsIn(comparison, chains));
  await followChains(comparison, chains);
  if (!chains.done) return;
  progress.storeWith();
  Object.assign(state, { step: 'absent', chains: NO_CHAINS });
  await progress.save();
}
