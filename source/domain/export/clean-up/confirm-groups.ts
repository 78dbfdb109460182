import { groupNameOf, itemKind } from '../../backup/items.ts';
import { followChain, withToken } from '../../listing/page-chain.ts';
import type { PoolGroup } from '../../model.ts';
import { groupsListedAgain } from '../list-groups.ts';
import { readKeys } from './gone-keys.ts';
import type { CleanUp } from './state.ts';

/**
 * ListGroups is no snapshot either: a group that is deleted between two pages may hide one that stays, and when as many
 * were made meanwhile, their number does not tell. If a group seems gone and the groups were listed only once, they are
 * listed once more: whoever shows up stays with its memberships as the backup holds them, until a later run lists them.
 */
export async function confirmGroups(cleanUp: CleanUp): Promise<void> {
  const { deps, run, progress, sliceOver } = cleanUp;
  const { hidden } = progress.state;
  if (progress.state.gone.counts.groups > 0 && !(await groupsListedAgain(deps.objects, run.id))) {
    const gone = await goneGroups(cleanUp);
    await followChain<PoolGroup>(hidden.chain, {
      fetch: (token) => deps.pool.listGroupsPage(run.facts.userPoolId, withToken(token)),
      apply: (page) => {
        hidden.groups.push(...page.filter(({ name }) => gone.has(name)));
      },
      moved: () => progress.saveIfDue(),
      stop: sliceOver,
      prefetch: true,
    });
    if (!hidden.chain.done) return;
    if (hidden.groups.length > 0)
      deps.log.warn('The listing of the groups missed some that exist; they stay as the backup holds them.', {
        runId: run.id,
        groups: new Set(hidden.groups.map(({ name }) => name)).size,
      });
  }
  progress.state.phase = 'plan';
}

async function goneGroups({ deps, progress }: CleanUp): Promise<ReadonlySet<string>> {
  const names = new Set<string>();
  for await (const key of readKeys(deps.objects, progress.state.gone.parts))
    if (itemKind(key) === 'group') names.add(groupNameOf(key));
  return names;
}
