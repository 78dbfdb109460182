import * as v from 'valibot';
import { groupShape } from '../model.ts';
import type { PoolGroup } from '../model.ts';
import type { ObjectStore, UserPoolReader } from '../ports.ts';
import { chainShape, followChain, newChain, withToken } from '../listing/page-chain.ts';
import type { Progress } from '../state/progress.ts';
import { listingGroups } from './figures.ts';
import { claimExportProgress, stateAfter } from './progress.ts';
import { runGroupsKey, Run } from './run.ts';
import { countShape, onlyRead } from '../state/shape.ts';
import { workSlice } from '../state/slice.ts';
import { putList } from '../state/stored-list.ts';
import { workThenSave } from '../state/step.ts';
import type { StepDeps } from '../state/step.ts';

const groupListStateShape = v.object({
  chain: chainShape,
  groups: v.array(onlyRead(groupShape)),
  pages: countShape,
  /** Set once the groups are listed for the second time. */
  again: v.exactOptional(v.literal(true)),
});
/** Checkpoint of ListGroups. */
type GroupListState = v.InferOutput<typeof groupListStateShape>;

const GROUPS_CHECKPOINT = 'groups';

/** True when ListGroups of this run has asked Cognito twice. */
export const groupsListedAgain = async (objects: Pick<ObjectStore, 'get'>, runId: string): Promise<boolean> =>
  (await stateAfter(objects, runId, GROUPS_CHECKPOINT, groupListStateShape))?.again === true;

/** What ListGroups needs: it writes no items. */
export interface ListGroupsDeps extends Omit<StepDeps, 'table' | 'log'> {
  readonly pool: Pick<UserPoolReader, 'listGroupsPage'>;
}

/**
 * ListGroups: stores the pool's groups as one object, sorted by name, for the two steps that follow. ListGroups of Cognito
 * is no snapshot: a group that is deleted between two pages may hide one that stays. When it shows fewer than the backup
 * holds, it is asked once more; what either listing showed counts.
 */
export async function listGroups(
  deps: ListGroupsDeps,
  runId: string,
): Promise<{ readonly done: boolean; readonly groups: number }> {
  const run = await Run.join(deps, runId);
  const progress = await claimExportProgress<GroupListState>(deps, run, GROUPS_CHECKPOINT, {
    shape: groupListStateShape,
    initial: () => ({ chain: newChain(), groups: [], pages: 0 }),
    figures: ({ groups, chain }) => listingGroups(run.facts, { found: groups.length, all: chain.done }),
  });
  const { state } = progress;
  if (!state.chain.done || looksShort(run, state))
    await workThenSave(
      progress,
      () => state.pages,
      () => follow(deps, run, progress),
    );
  if (state.chain.done) await putList(deps.objects, runGroupsKey(runId), sorted(state.groups));
  return { done: state.chain.done, groups: sorted(state.groups).length };
}

/** The backup holds more groups, and they were listed only once. */
const looksShort = ({ facts }: Run, { chain, again, groups }: GroupListState): boolean =>
  chain.done && again !== true && sorted(groups).length < (facts.sealed?.groups ?? 0);

async function follow(deps: ListGroupsDeps, run: Run, progress: Progress<GroupListState>): Promise<void> {
  const { state } = progress;
  const sliceOver = workSlice(deps.clock, deps.timeLeft);
  const list = (): Promise<void> =>
    followChain<PoolGroup>(state.chain, {
      fetch: (token) => deps.pool.listGroupsPage(run.facts.userPoolId, withToken(token)),
      apply: (page) => {
        state.groups.push(...page);
        state.pages += 1;
      },
      moved: () => progress.saveIfDue(),
      stop: sliceOver,
      prefetch: true,
    });
  await list();
  if (!looksShort(run, state)) return;
  state.chain = newChain();
  state.again = true;
  await list();
}

/** Each name once (a restarted listing shows groups again: the last sight counts), in an order that does not change. */
const sorted = (groups: readonly PoolGroup[]): PoolGroup[] =>
  [...new Map(groups.map((group) => [group.name, group])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
