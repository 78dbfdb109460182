import { workSlice } from '../state/slice.ts';
import type { Counts } from '../backup/manifest.ts';
import { isInSample } from '../backup/sample.ts';
import type { Sample } from '../backup/sample.ts';
import { OpenPlanReader } from '../digests/open-plan.ts';
import { tagReplaced, tagRestore } from './plan/closed-objects.ts';
import { claimRestore } from './plan/progress.ts';
import { hurdlesIn } from './plan/mfa-hurdles.ts';
import type { IdentityPlan } from './plan/identity-plan.ts';
import { firstOf } from './planning/identity-notes.ts';
import type { MfaChange } from './plan/mfa-hurdles.ts';
import type { RestorePlan, RestoreSource } from './plan/plan-model.ts';
import type { RestoreHead } from './plan/restore-head.ts';
import { notInTable, otherPlaceOf, plannedGroupShape, readPlan, sealedCounts, sourceOf } from './plan/plan-model.ts';
import { peekJobs } from './plan/jobs-state.ts';
import { restoreFigures } from './plan/restore-figures.ts';
import { initialUpdatesState, updatesStateKey, updatesStateShape } from './plan/updates-state.ts';
import { Checkpoint } from '../state/checkpoint.ts';
import { readList } from '../state/stored-list.ts';
import { standingOfRestore } from './dry-run.ts';
import type { Standing } from './report/standing.ts';
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
import type { PlanSelectionResult } from './selection/plan-selection.ts';
import { chunkStep, classifyStep, orderStep } from './planning/steps.ts';

export type { ScanTableDeps, ScanTableInput } from './planning/planning-run.ts';

/** What a plan says of identity providers: counts, and the names of those that the new pool lacks. */
export type IdentitiesFound = IdentityPlan['counts'] &
  Pick<IdentityPlan, 'mode' | 'missingProviders' | 'otherProviders'>;

/** What the state machine sees: counts and object keys. */
export type ScanTableResult =
  | PlanSelectionResult
  | { readonly done: false; readonly dryRun: boolean; readonly step: PlanningState['step'] | 'compare' }
  | {
      readonly done: true;
      readonly dryRun: boolean;
      /** The run that is restored, and where it is read from. */
      readonly exportRun: string;
      readonly source: RestoreSource;
      /** Where the snapshot was read, when it was not this Region's own. */
      readonly snapshotPrefix?: string;
      /** How the backup was read, where that was not as usual. */
      readonly remarks?: readonly string[];
      /** In the sealed export, and what of it the table lacks. */
      readonly backup: Counts;
      readonly notInTable: Counts;
      readonly byCsv: number;
      readonly oneByOne: number;
      /** Of those created one by one: the pool's triggers would see it, so that nobody creates them. */
      readonly heldBack: number;
      readonly excluded: number;
      readonly withLosses: number;
      /** Users of whom the backup does not tell for certain by which of two addresses they sign in. */
      readonly signInUnknown: number;
      /** See UserPoolDescription. */
      readonly acceptsSignUps: boolean;
      readonly groupsWithoutRole: number;
      readonly automaticGroups: number;
      /** Users who would not be able to use "forgot password". */
      readonly withoutRecovery: number;
      /** See RestorePlan; absent in plans of earlier versions. */
      readonly mfa?: MfaChange;
      /** Users who would have to enrol a second factor, and who could not sign in, where the new pool requires MFA. */
      readonly mustEnrolMfa: number;
      readonly mfaLockedOut: number;
      /** What would be done about identity providers; absent where the backup names none. */
      readonly identities?: IdentitiesFound;
      readonly chunks: number;
      readonly batches: number;
      /** Of a dry run of a restore that has begun. */
      readonly standing?: Standing;
      /** Keys of a dry run's files. */
      readonly reportKeys?: readonly string[];
    };

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
  return { ...summary(plan, dryRun), ...(dryRun ? { reportKeys: Object.values(previewKeys(folder, plan)) } : {}) };
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
  return summary(plan, false);
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
  return { ...summary(told.plan, true), standing: told.standing, reportKeys: told.reportKeys };
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

const summary = (plan: RestorePlan, dryRun: boolean): Extract<ScanTableResult, { done: true }> => {
  const { runId, counts, chunks, batches, mayCreateUsers } = plan;
  return {
    done: true,
    dryRun,
    exportRun: runId,
    source: sourceOf(plan),
    ...otherPlaceOf(plan),
    ...(plan.remarks === undefined ? {} : { remarks: plan.remarks }),
    backup: sealedCounts(plan),
    notInTable: notInTable(plan),
    byCsv: counts.byCsv,
    oneByOne: counts.oneByOne,
    heldBack: mayCreateUsers ? 0 : counts.oneByOne,
    excluded: counts.excluded,
    withLosses: counts.withLosses ?? 0,
    signInUnknown: counts.signInUnknown ?? 0,
    groupsWithoutRole: counts.groupsWithoutRole ?? 0,
    automaticGroups: counts.automaticGroups ?? 0,
    withoutRecovery: counts.withoutRecovery ?? 0,
    ...(plan.mfa === undefined ? {} : { mfa: plan.mfa }),
    mustEnrolMfa: hurdlesIn(counts.mfa?.mustEnrol),
    mfaLockedOut: hurdlesIn(counts.mfa?.cannotSignIn),
    ...(plan.identities === undefined ? {} : { identities: identitiesIn(plan.identities) }),
    acceptsSignUps: plan.acceptsSignUps ?? false,
    chunks: chunks.length,
    batches: batches.length,
  };
};

const identitiesIn = ({ mode, missingProviders, otherProviders, counts }: IdentityPlan): IdentitiesFound => ({
  mode,
  missingProviders: firstOf(missingProviders),
  ...(otherProviders === undefined ? {} : { otherProviders: firstOf(otherProviders) }),
  ...counts,
});
