import type { Progress } from '../../state/progress.ts';
import type { PlannedGroup, RestorePlan } from '../plan/plan-model.ts';
import type { UpdateUsersDeps } from './deps.ts';
import { FailureLog } from '../plan/failures.ts';
import { GroupCreation } from './group-creation.ts';
import { Accounts } from '../accounts/accounts.ts';
import type { JobsState } from '../plan/jobs-state.ts';
import { AddressedWrites } from './addressed-writes.ts';
import { Creations } from './creations.ts';
import { noAccounts } from '../plan/accounts-state.ts';
import { takeOver } from './earlier-state.ts';
import { ListedSubs } from './listed-subs.ts';
import { unlessUnanswered } from './unanswered.ts';
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
  readonly accounts: Accounts;
  readonly writes: AddressedWrites;
  readonly creations: Creations;
  readonly collisions: ListedSubs;
  readonly refused: ListedSubs;
  /** Users whose account is not known yet although it should be: their updates wait for the comparison at the end. */
  readonly unsettled: Set<string>;
  /** Where the import jobs are. */
  readonly jobs: JobsState;
  readonly heldBack: ListedSubs;
  /** Accounts that this restore made and that are gone are made again. */
  readonly recreateMissing: boolean;
  /** Nothing is written to the pool. */
  readonly dryRun: boolean;
  /** True once this invocation should store its progress and return. */
  readonly sliceOver: () => boolean;
}

/** What the work follows from beside its progress. */
interface UpdatesBasis {
  readonly plan: RestorePlan;
  readonly groups: readonly PlannedGroup[];
  readonly jobs: JobsState;
}
/** Nothing is written for the user: somebody else has the name, or the user was not created. */
export const isLeftAlone = ({ collisions, refused, heldBack }: UpdateRun, sub: string): boolean =>
  collisions.has(sub) || refused.has(sub) || heldBack.has(sub);

/** Reads what the work on the plan needs beside its progress. */
export async function beginUpdates(
  { plan, groups, jobs }: UpdatesBasis,
  deps: UpdateUsersDeps,
  progress: Progress<UpdatesState>,
  given: Pick<UpdateRun, 'sliceOver' | 'recreateMissing' | 'dryRun'>,
): Promise<UpdateRun> {
  const { state } = progress;
  const isEarlier = state.accounts === undefined;
  const accounts = await Accounts.load(deps.objects, (state.accounts ??= noAccounts()));
  if (isEarlier) await takeOver(deps.objects, { plan, jobs, state }, accounts);
  const target = { pool: deps.pool, poolId: plan.newUserPoolId, clock: deps.clock };
  return {
    plan,
    deps,
    progress,
    state,
    groups,
    groupCreation: new GroupCreation(
      (group) => unlessUnanswered(target, () => deps.writer.createGroup(plan.newUserPoolId, group)),
      groups,
      state,
    ),
    failures: new FailureLog(),
    accounts,
    writes: new AddressedWrites(deps.pool, deps.clock, plan, accounts, state),
    creations: new Creations(plan, deps, accounts, jobs),
    unsettled: new Set(),
    jobs,
    collisions: new ListedSubs(state.collisions),
    refused: new ListedSubs(state.refused),
    heldBack: new ListedSubs((state.heldBack ??= [])),
    ...given,
  };
}
