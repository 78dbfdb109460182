import type { UserPoolWriter } from '../ports.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { inParts } from './plan/csv-rows.ts';
import { comparedAnew } from './plan/check-state.ts';
import { peekJobs } from './plan/jobs-state.ts';
import { otherPlaceOf, plannedGroupShape, readPlan, restoreFolder, sourceOf } from './plan/plan-model.ts';
import type { RestorePlan } from './plan/plan-model.ts';
import { claimRestore } from './plan/progress.ts';
import { restoreFigures } from './plan/restore-figures.ts';
import { readList } from '../state/stored-list.ts';
import { initialUpdatesState, updatesStateKey, updatesStateShape } from './plan/updates-state.ts';
import type { UpdatesState } from './plan/updates-state.ts';
import type { ScanTableDeps } from './planning/planning-run.ts';
import { CheckRun } from './reconcile/check-run.ts';
import { look } from './reconcile/look.ts';
import { standingLines, standingOf } from './report/standing.ts';
import type { Standing } from './report/standing.ts';
import { beginUpdates } from './updates/update-run.ts';

/** What a dry run that was cut off had seen is believed for so long. */
const LONGEST_PAUSE_MS = 900_000;

/** The restore that has begun, and what the start would be allowed. */
export interface BegunRestore {
  readonly newUserPoolId: string;
  readonly restoreId: string;
  readonly mayCreateUsers: boolean;
  readonly recreateMissing: boolean;
}

/** How the restore stands, and where the files about it lie. */
export interface StandingReport {
  readonly plan: RestorePlan;
  readonly standing: Standing;
  readonly reportKeys: readonly string[];
}

/**
 * A dry run of a restore that has begun: compares the pool with the plan as a start would, and tells what that start
 * would do. It works on a copy of the state and writes nothing to the pool. Undefined when the slice ended before.
 */
export async function standingOfRestore(
  { newUserPoolId, restoreId, mayCreateUsers, recreateMissing }: BegunRestore,
  deps: ScanTableDeps,
  sliceOver: () => boolean,
): Promise<StandingReport | undefined> {
  const plan = { ...(await readPlan(deps.objects, newUserPoolId, restoreId)), mayCreateUsers };
  const jobs = await peekJobs(deps.objects, newUserPoolId, restoreId);
  const groups = await readList(deps.objects, plan.groupsKey, plannedGroupShape);
  const folder = `${restoreFolder(newUserPoolId, restoreId)}dry-run/`;
  const begun = await copyOfState(plan, deps);
  const progress = await claimRestore<UpdatesState>(
    deps,
    { newUserPoolId, restoreId, since: deps.clock.now() },
    {
      key: `${folder}progress.json`,
      shape: updatesStateShape,
      initial: () => begun,
      figures: (updates) => restoreFigures({ plan, groups: groups.length, jobs, updates }),
    },
  );
  const paused = deps.clock.now() - (progress.state.check?.at ?? 0) > LONGEST_PAUSE_MS;
  if (progress.state.phase === 'done' || paused) await progress.moveTo(begun);
  const { pools: pool, ...rest } = deps;
  const run = await beginUpdates(
    { plan, groups, jobs },
    { ...rest, pool, writer: NO_WRITER, updates: NO_QUEUE, newPassword: refuse },
    progress,
    { sliceOver, recreateMissing, dryRun: true },
  );
  const check = await CheckRun.begin(run);
  return progress.gather([run.accounts, check], async () => {
    if (!(await look(check, 'look'))) return undefined;
    const standing = standingOf(check);
    const [report, failures] = [`${folder}report.json`, `${folder}failures.csv`];
    await deps.objects.write(failures, inParts(standingLines(check)));
    const body = {
      dryRun: true,
      exportRun: plan.runId,
      source: sourceOf(plan),
      ...otherPlaceOf(plan),
      restoreId,
      standing,
    };
    await deps.objects.put(report, `${JSON.stringify(body, null, 2)}\n`);
    progress.state.phase = 'done';
    await progress.save();
    return { plan, standing, reportKeys: [report, failures] };
  });
}

/** As the next start would find it; the restore's own state stays as it is. */
async function copyOfState({ newUserPoolId, restoreId }: RestorePlan, deps: ScanTableDeps): Promise<UpdatesState> {
  const key = updatesStateKey(newUserPoolId, restoreId);
  const state = structuredClone<UpdatesState>(
    (await Checkpoint.peek(deps.objects, key, updatesStateShape)) ?? initialUpdatesState(),
  );
  // A start that follows an end tries everybody again.
  if (state.phase === 'done')
    Object.assign(state, { collisions: [], refused: [], heldBack: [], retries: state.retries + 1 });
  return { ...state, phase: 'check', check: comparedAnew(state.check, { at: deps.clock.now() }) };
}

const refuse = (): never => {
  throw new Error('a dry run writes nothing to the pool');
};
const NO_WRITER: UserPoolWriter = {
  createGroup: refuse,
  createUser: refuse,
  setPassword: refuse,
  disableUser: refuse,
  enableUser: refuse,
  addUserToGroup: refuse,
  linkIdentity: refuse,
  removeUserFromGroup: refuse,
  updateAttributes: refuse,
};
const NO_QUEUE = { receive: refuse, delete: refuse };
