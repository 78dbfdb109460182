import { isPrelinked } from '../../backup/federated/prelinked.ts';
import { membershipKey } from '../../backup/items.ts';
import { membersAgainst } from '../../comparison/list-against.ts';
import type { Marks } from '../../comparison/marks.ts';
import { signInNameFrom } from '../../comparison/matching.ts';
import type { Matching } from '../../comparison/matching.ts';
import { Ledger } from '../../digests/ledger.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import { readJson } from '../../state/json-object.ts';
import { textsShape } from '../../state/shape.ts';
import type { StepEnd } from '../../state/step.ts';
import { follow } from './follow.ts';
import { nativeMembers } from './native-users.ts';
import { Rows } from './rows.ts';
import type { ComparisonRun } from './state.ts';

/** Lists the members of every group of the pool and compares the memberships with the backup's. */
export async function listMembers(comparison: ComparisonRun, marks: Marks): Promise<StepEnd> {
  const { input, deps, progress } = comparison;
  const { state } = progress;
  const matching = state.matching as Matching;
  const extra = await Ledger.load(deps.objects, 'extra-memberships', state.extraMemberships);
  const rows = new Rows(state.rows);
  const groups = await readJson(deps.objects, state.groupsKey as string, textsShape);
  const chains = membersAgainst(
    marks,
    { pool: nativeMembers(deps.pool), poolId: input.userPoolId, chains: state.chains, groups },
    {
      extra: (group, user, ordinal) => {
        if (isPrelinked(user)) return;
        if (!extra.add(membershipKey(user.sub, group))) return;
        state.counts.membershipsExtra += 1;
        rows.tell(
          ordinal === undefined ? user.sub : marks.expectedUser(ordinal).sub,
          signInNameFrom(user, matching),
          `membership in the group ${group}: extra: the backup has no such membership`,
        );
      },
    },
  );
  if ((await follow(comparison, marks, chains, [rows, extra])) === 'sliceOver') return 'sliceOver';
  Object.assign(state, { step: 'absent', chains: NO_CHAINS });
  await progress.save();
  return 'moved';
}
