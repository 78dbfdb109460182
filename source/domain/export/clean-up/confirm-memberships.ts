import { groupOf, keyText, membershipKey } from '../../backup/items.ts';
import type { PoolUser } from '../../model.ts';
import { followChain, newChain, withToken } from '../../listing/page-chain.ts';
import { readKeys } from './gone-keys.ts';
import type { SeenByRun } from './seen.ts';
import type { CleanUp } from './state.ts';

/** Up to so many doubtful memberships are looked at once more; of more, the listing alone decides. */
const CONFIRM_ALL = 1000;
/** Calls of the second listings, as a share of those that the listing of all members took: an export must not take twice as long because one member of a large group left. */
const SHARE_OF_CALLS = 0.1;
/** Calls that are always granted, however few the first listing took. */
const FEW_CALLS = 20;

/**
 * ListUsersInGroup is no snapshot either: a member who leaves, or is deleted, between two pages may hide one who stays.
 * Groups whose members seem gone although the run saw them as users are listed once more, within bounds; who
 * shows up then stays.
 */
export async function confirmMemberships(cleanUp: CleanUp, { memberPages }: SeenByRun): Promise<void> {
  const { deps, run, progress, sliceOver } = cleanUp;
  const { doubtful } = progress.state;
  const most = Math.max(FEW_CALLS, Math.ceil(memberPages * SHARE_OF_CALLS));
  const groups = await doubtfulByGroup(cleanUp);
  while (doubtful.next < groups.length && doubtful.pages < most && !sliceOver()) {
    const [group, open] = groups[doubtful.next] as (typeof groups)[number];
    await followChain<PoolUser>(doubtful.chain, {
      fetch: (token) => deps.pool.listUsersInGroupPage(run.facts.userPoolId, group, withToken(token)),
      apply: (page) => {
        doubtful.present.push(
          ...page.map(({ sub }) => keyText(membershipKey(sub, group))).filter((key) => open.delete(key)),
        );
        doubtful.pages += 1;
      },
      moved: () => progress.saveIfDue(),
      stop: () => open.size === 0 || doubtful.pages >= most || sliceOver(),
      prefetch: true,
    });
    if (!doubtful.chain.done && open.size > 0) continue;
    doubtful.next += 1;
    doubtful.chain = newChain();
  }
  if (doubtful.next < groups.length && doubtful.pages < most) return;
  if (doubtful.next < groups.length || doubtful.count > CONFIRM_ALL) {
    deps.log.warn(
      'Not all groups whose members seem gone were listed once more; for the others the first listing decides.',
      { memberships: doubtful.count, groups: groups.length, listed: doubtful.next },
    );
  }
  progress.state.phase = 'groups';
}

/** `keyText` of the doubtful memberships that no second listing has shown yet, by group; none where there are too many. */
async function doubtfulByGroup({ deps, progress }: CleanUp): Promise<[group: string, open: Set<string>][]> {
  const { doubtful } = progress.state;
  const groups = new Map<string, Set<string>>();
  if (doubtful.count > CONFIRM_ALL) return [];
  for await (const key of readKeys(deps.objects, doubtful.parts)) {
    const open = groups.get(groupOf(key)) ?? new Set();
    groups.set(groupOf(key), open.add(keyText(key)));
  }
  // A group of which nobody is left keeps its place: the checkpoint counts by it.
  for (const open of groups.values()) for (const key of doubtful.present) open.delete(key);
  return [...groups];
}
