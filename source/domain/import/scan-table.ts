import { workSlice } from '../state/slice.ts';
import { isInSample } from '../backup/sample.ts';
import type { Sample } from '../backup/sample.ts';
import { OpenPlanReader } from '../digests/open-plan.ts';
import { tagReplaced, tagRestore } from './plan/closed-objects.ts';
import { claimRestore } from './plan/progress.ts';
import type { RestorePlan } from './plan/plan-model.ts';
import type { RestoreHead } from './plan/restore-head.ts';
import { plannedGroupShape, readPlan } from './plan/plan-model.ts';
import { peekJobs } from './plan/jobs-state.ts';
import { restoreFigures } from './plan/restore-figures.ts';
import { initialUpdatesState, updatesStateKey, updatesStateShape } from './plan/updates-state.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { readList } from '../state/stored-list.ts';
import { standingOfRestore } from './dry-run.ts';
import { folderOf, planningKey } from './planning/planning-run.ts';
import type { PlanningRun, ScanTableDeps, ScanTableInput } from './planning/planning-run.ts';
import { plannedFigures, planningFigures } from './planning/planning-figures.ts';
import { planningStateShape } from './planning/planning-state.ts';
import type { PlanningState } from './planning/planning-state.ts';
import { previewKeys, writePreview } from './planning/preview.ts';
import { newTableRead, readsTable, readTableStep } from './planning/read-table.ts';
import { sealPlan } from './planning/seal.ts';
import { newSnapshotRead, readSnapshotStep } from './planning/read-snapshot.ts';
import { planSelection } from './selection/plan-selection.ts';
import { planSummary } from './scan-table-result.ts';
import type { ScanTableResult } from './scan-table-result.ts';
import { chunkStep, classifyStep, orderStep } from './planning/steps.ts';

export type { ScanTableDeps, ScanTableInput } from './planning/planning-run.ts';

/**
 * Scans the backup (the table, or the snapshot of the run that was asked for), holds it against its sealed manifest and
 * the new pool (preflight), and plans the restore, slice by slice until `done`. A restore that has begun to write keeps
 * its plan. Halts: NoSealedBackup, ReplicaBehind, ChecksumDiffers, SnapshotDamaged, ExportRunNotFound, PreflightFailed, Superseded. Writes nothing to the pool.
 */
export async function scanTable(
  input: ScanTableInput & { readonly phase: RestoreHead['phase'] },
  deps: ScanTableDeps,
): Promise<ScanTableResult> {
  const folder = folderOf(input);
  const { dryRun, newUserPoolId, selectionId } = input.options;
  if (selectionId !== undefined) return planSelection(input, selectionId, deps);
  if (input.phase !== 'planning') return dryRun ? compareBegun(input, deps) : goOn(input, deps);
  const run: PlanningRun = {
    input,
    deps,
    folder,
    plans: new OpenPlanReader(deps.table),
    stop: workSlice(deps.clock, deps.timeLeft),
    ...keepsSample(input.options.sample),
  };
  const progress = await claimRestore<PlanningState>(
    deps,
    { newUserPoolId, restoreId: input.restoreId, since: deps.clock.now() },
    {
      key: planningKey(folder),
      shape: planningStateShape,
      initial: () => (readsTable(input.options) ? newTableRead() : newSnapshotRead()),
      figures: planningFigures,
    },
  );
  for (;;) {
    const { state } = progress;
    if (state.step === 'done') break;
    if (run.stop()) return { done: false, dryRun, step: state.step };
    await progress.moveTo(await nextState(state, run));
    deps.log.info('Planning goes on', { step: progress.state.step });
  }
  await removeSpool(run);
  await tagClosed(run);
  const plan = await readPlan(deps.objects, newUserPoolId, input.restoreId);
  await deps.tell?.(plannedFigures(plan));
  return { ...planSummary(plan, dryRun), ...(dryRun ? { reportKeys: Object.values(previewKeys(folder, plan)) } : {}) };
}

/** A drill brings back some of the users; of the groups it finds out later which of them have one. */
const keepsSample = (sample: Sample | undefined): Pick<PlanningRun, 'keeps'> =>
  sample === undefined ? {} : { keeps: (line) => 'group' in line || isInSample(sample, line.sub) };

/** A restore that has begun keeps its plan; whoever follows the execution is told how far it had come. */
async function goOn({ options, restoreId }: ScanTableInput, deps: ScanTableDeps): Promise<ScanTableResult> {
  const { newUserPoolId } = options;
  const plan = await readPlan(deps.objects, newUserPoolId, restoreId);
  const groups = (await readList(deps.objects, plan.groupsKey, plannedGroupShape)).length;
  const { objects } = deps;
  const jobs = await peekJobs(objects, newUserPoolId, restoreId);
  const updates =
    (await Checkpoint.peek(objects, updatesStateKey(newUserPoolId, restoreId), updatesStateShape)) ??
    initialUpdatesState();
  await deps.tell?.(restoreFigures({ plan, groups, jobs, updates }));
  return planSummary(plan, false);
}

/** A restore that has begun keeps its plan: a dry run tells how far it has come, and what a start would do. */
async function compareBegun(
  input: ScanTableInput & { readonly phase: RestoreHead['phase'] },
  deps: ScanTableDeps,
): Promise<ScanTableResult> {
  const { options, restoreId, mayCreateUsers = false, recreateMissing = false } = input;
  const { newUserPoolId } = options;
  const begun = { newUserPoolId, restoreId, mayCreateUsers, recreateMissing };
  const told = await standingOfRestore(begun, deps, workSlice(deps.clock, deps.timeLeft));
  if (told === undefined) return { done: false, dryRun: true, step: 'compare' };
  if (input.phase === 'complete') await tagRestore(deps, begun);
  return { ...planSummary(told.plan, true), standing: told.standing, reportKeys: told.reportKeys };
}

async function nextState(
  state: Exclude<PlanningState, { readonly step: 'done' }>,
  run: PlanningRun,
): Promise<PlanningState> {
  switch (state.step) {
    case 'readTable':
      return readTableStep(state, run);
    case 'readSnapshot':
      return readSnapshotStep(state, run);
    case 'classify':
      return classifyStep(state, run);
    case 'order':
      return orderStep(state, run);
    case 'chunks':
      return chunkStep(state, run);
    case 'seal':
      await finish(await sealPlan(state, run), run);
      return { step: 'done' };
  }
}

/** A dry run is reported; otherwise the consumers are woken for every chunk and for the batches that wait for none. */
async function finish(plan: RestorePlan, run: PlanningRun): Promise<void> {
  if (plan.options.dryRun) {
    await writePreview(plan, run);
    return;
  }
  const wake = ({ key }: { readonly key: string }): { owner: string; key: string } => ({ owner: plan.restoreId, key });
  await run.deps.newUsers.send(plan.chunks.map(wake));
  await run.deps.updates.send(plan.batches.filter(({ chunk }) => chunk === null).map(wake));
}

/** What only planning needed holds personal data twice: it goes as soon as the plan stands. */
async function removeSpool({ deps, folder }: PlanningRun): Promise<void> {
  const keys: string[] = [];
  for (const prefix of [`${folder}spool/`, `${folder}planning/`]) {
    for await (const key of deps.objects.list(prefix)) if (key !== planningKey(folder)) keys.push(key);
  }
  if (keys.length > 0) await deps.objects.deleteAll(keys);
}

/** This plan replaces those of earlier starts; a dry run's is of no more use than its report. */
async function tagClosed({
  input: {
    restoreId,
    options: { newUserPoolId, dryRun },
  },
  deps: { objects, timeLeft, log },
}: PlanningRun): Promise<void> {
  const closing = { objects, timeLeft, log };
  await tagReplaced(closing, { newUserPoolId, restoreId });
  if (dryRun) await tagRestore(closing, { newUserPoolId, restoreId });
}
