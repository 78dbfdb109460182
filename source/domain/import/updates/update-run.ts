import type { Progress } from '../../state/progress.ts';
import { readList } from '../../state/stored-list.ts';
import { plannedGroupShape } from '../plan/plan-model.ts';
import type { PlannedGroup, RestorePlan } from '../plan/plan-model.ts';
import type { UpdateUsersDeps } from './deps.ts';
import { FailureLog } from '../plan/failures.ts';
import { GroupCreation } from './group-creation.ts';
import { ListedSubs } from './listed-subs.ts';
import type { UpdatesState } from '../plan/updates-state.ts';

/** Calls in flight: enough to reach 25 calls/s at 300 ms each; the pacer in front of every call keeps the ceiling. */
export const CALLS_AT_A_TIME = 10;

/** What one invocation of UpdateUsers shares. */
export interface UpdateRun {
  readonly plan: RestorePlan;
  readonly deps: UpdateUsersDeps;
  readonly progress: Progress<UpdatesState>;
  /** That of `progress`. */
  readonly state: UpdatesState;
  readonly groups: readonly PlannedGroup[];
  readonly groupCreation: GroupCreation;
  readonly failures: FailureLog;
  readonly collisions: ListedSubs;
  readonly refused: ListedSubs;
  readonly heldBack: ListedSubs;
  /** True once this invocation should store its progress and return. */
  readonly sliceOver: () => boolean;
}

/** Nothing is written for the user: somebody else has the name, or the user was not created. */
export const isLeftAlone = ({ collisions, refused, heldBack }: UpdateRun, sub: string): boolean =>
  collisions.has(sub) || refused.has(sub) || heldBack.has(sub);

/** Reads what the work on the plan needs beside its progress. */
export async function beginUpdates(
  plan: RestorePlan,
  deps: UpdateUsersDeps,
  progress: Progress<UpdatesState>,
  sliceOver: () => boolean,
): Promise<UpdateRun> {
  const { state } = progress;
  const groups = await readList(deps.objects, plan.groupsKey, plannedGroupShape);
  return {
    plan,
    deps,
    progress,
    state,
    groups,
    groupCreation: new GroupCreation(deps.writer, plan.newUserPoolId, groups, state),
    failures: new FailureLog(),
    collisions: new ListedSubs(state.collisions),
    refused: new ListedSubs(state.refused),
    heldBack: new ListedSubs((state.heldBack ??= [])),
    sliceOver,
  };
}
