import { manifestIn, manifestKey, OPEN_KEY, openMarkerIn } from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { tagSuperseded } from '../../backup/snapshot/superseded.ts';
import { SnapshotParts } from '../../backup/snapshot/write.ts';
import { Fault } from '../../errors.ts';
import { cleaningUp } from '../figures.ts';
import { CLEAN_UP_CHECKPOINT, claimExportProgress, stateAfter } from '../progress.ts';
import { Run, TAGGED_SNAPSHOTS_KEY } from '../run.ts';
import { workSlice } from '../../state/slice.ts';
import { workThenSave } from '../../state/step.ts';
import { confirmGone } from './confirm.ts';
import { confirmGroups } from './confirm-groups.ts';
import { confirmMemberships } from './confirm-memberships.ts';
import { applyPlan } from './apply.ts';
import type { GuardOptions } from './guard.ts';
import { giveWay } from './list-again.ts';
import { openPlan } from './open.ts';
import { planChanges } from './plan.ts';
import { lookAtReplica } from './replica.ts';
import { findGone } from './scan.ts';
import { requireAllowed } from './require-allowed.ts';
import { removeDigests, sealRun } from './seal.ts';
import { seenByRun } from './seen.ts';
import { takeSettings } from './settings.ts';
import { closeSnapshotBefore, joinSnapshot } from './snapshot.ts';
import { cleanUpStateShape, newCleanUp } from './state.ts';
import { findPlan } from './stored-plan.ts';
import type { CleanUp, CleanUpDeps, CleanUpState, ReplicaLook } from './state.ts';

/** The execution's options and the stack's parameters, as the clean-up needs them. */
export interface CleanUpOptions extends GuardOptions {
  readonly runId: string;
  readonly softwareVersion: string;
  /** Whether the sealed run is also kept as a snapshot in the bucket (SnapshotRetentionDays above 0). */
  readonly keepSnapshot: boolean;
  /** The backup Region. */
  readonly replicaRegion: string;
}

/** The manifest without its long parts: what messages and the execution's output show. */
export type ManifestSummary = Omit<Manifest, 'checksums' | 'poolSettings' | 'safeguards' | 'snapshot'> & {
  /** Objects of the run's snapshot, its manifest aside; 0 when none is kept. */
  readonly snapshotObjects: number;
};
/** What the state machine sees: the phase, and at the end what was sealed. */
export interface CleanUpResult {
  readonly done: boolean;
  readonly phase: CleanUpState['phase'];
  /** Present where the run gave way to a new one, with which the state machine goes on. */
  readonly again?: true;
  /** Once the run is sealed. */
  readonly manifest?: ManifestSummary;
  readonly replica?: ReplicaLook;
  /** Present where superseded snapshots could not all be marked to expire; one sentence. */
  readonly snapshots?: string;
  /** Once the run is sealed: what is to be said of the pool; sentences. */
  readonly poolNotes?: readonly string[];
  /** Once the run is sealed: users that it saw in the pool, federated ones included, and Cognito's estimate when it began. */
  readonly listing?: { readonly users: number; readonly estimatedUsers: number };
}

/**
 * BackupTableCleanup: holds the complete listing against the table, plans what has to change there, applies the plan
 * within the guards' limits, and seals the run. Works phase by phase until the slice is over; every phase resumes where it
 * was.
 */
export async function cleanUpTable(deps: CleanUpDeps, options: CleanUpOptions): Promise<CleanUpResult> {
  const begun = await stateAfter(deps.objects, options.runId, CLEAN_UP_CHECKPOINT, cleanUpStateShape);
  if (begun?.phase === 'listAgain') return listAgain(deps, options.runId);
  const run = await Run.join(deps, options.runId);
  const phase = begun?.phase ?? (await firstPhase(deps, run.id));
  const progress = await claimExportProgress(deps, run, CLEAN_UP_CHECKPOINT, {
    shape: cleanUpStateShape,
    initial: () => newCleanUp(options, phase),
    figures: cleaningUp,
  });
  const { state } = progress;
  const cleanUp: CleanUp = {
    deps,
    run,
    progress,
    sliceOver: workSlice(deps.clock, deps.timeLeft),
    snapshot: state.snapshot === undefined ? undefined : new SnapshotParts(state.snapshot.state),
  };
  const work = async (): Promise<void> => {
    if (state.phase === 'scan') {
      await closeSnapshotBefore(cleanUp);
      await takeSettings(cleanUp);
    }
    while (!ENDS.includes(state.phase) && !cleanUp.sliceOver()) await workOn(cleanUp, options);
  };
  await workThenSave(
    progress,
    () => state.confirm.asked + state.doubtful.pages,
    () => progress.gather(cleanUp.snapshot === undefined ? [] : [cleanUp.snapshot], work),
  );
  if (state.phase === 'listAgain') return listAgain(deps, run.id);
  if (state.phase !== 'sealed') return { done: false, phase: state.phase };
  const manifest = await sealedManifest(deps.table, run.id);
  const snapshots = await tagSuperseded(deps, {
    keepsSnapshots: options.keepSnapshot,
    // Whoever completes a plan may find it made without a snapshot, when none were kept.
    ...(manifest.snapshot === undefined ? {} : { newest: run.id }),
    taggedKey: TAGGED_SNAPSHOTS_KEY,
  });
  await run.seal();
  return {
    done: true,
    phase: state.phase,
    manifest: summaryOf(manifest),
    ...(state.replica === undefined ? {} : { replica: state.replica }),
    ...(snapshots === undefined ? {} : { snapshots }),
    ...(run.facts.poolNotes === undefined ? {} : { poolNotes: run.facts.poolNotes }),
    ...(await listingOf(deps, run)),
  };
}

const ENDS: readonly CleanUpState['phase'][] = ['sealed', 'listAgain'];

async function listAgain(deps: CleanUpDeps, runId: string): Promise<CleanUpResult> {
  await giveWay(deps, runId);
  return { done: false, phase: 'listAgain', again: true };
}

async function workOn(cleanUp: CleanUp, options: CleanUpOptions): Promise<void> {
  const { phase } = cleanUp.progress.state;
  if (phase === 'apply') await applyPlan(cleanUp);
  else if (phase === 'seal') await sealRun(cleanUp);
  else if (phase === 'tidy') await removeDigests(cleanUp);
  else if (phase === 'replica') await lookAtReplica(cleanUp, options.replicaRegion);
  else {
    // Later phases do not depend on the listing, which may be gone by then.
    const seen = await seenByRun(cleanUp.deps.objects, cleanUp.run.id);
    if (phase === 'scan') await findGone(cleanUp, seen);
    else if (phase === 'confirm') await confirmGone(cleanUp, seen);
    else if (phase === 'memberships') await confirmMemberships(cleanUp, seen);
    else if (phase === 'groups') await confirmGroups(cleanUp);
    else if (phase === 'plan') await planChanges(cleanUp, seen);
    else if (phase === 'snapshot') await joinSnapshot(cleanUp);
    else if (phase === 'guard') await requireAllowed(cleanUp, seen, options);
    else if (phase === 'open') await openPlan(cleanUp, seen, options.softwareVersion);
  }
}

/** Where a clean-up without a checkpoint begins: a plan that is open already is applied, whatever is left of its run. */
async function firstPhase({ table, objects }: CleanUpDeps, runId: string): Promise<CleanUpState['phase']> {
  if ((await table.getItem(manifestKey(runId))) !== undefined) return 'seal';
  const open = openMarkerIn(await table.getItem(OPEN_KEY));
  const isOpen = open?.runId === runId && open.plan !== undefined;
  return isOpen && (await findPlan(objects, runId)) !== undefined ? 'apply' : 'scan';
}

/** What the run saw in the pool, as its plan tells. */
async function listingOf({ objects }: CleanUpDeps, run: Run): Promise<Pick<CleanUpResult, 'listing'>> {
  const plan = await findPlan(objects, run.id);
  return plan === undefined ? {} : { listing: { users: plan.usersSeen, estimatedUsers: run.facts.estimatedUsers } };
}

async function sealedManifest(table: CleanUpDeps['table'], runId: string): Promise<Manifest> {
  const item = await table.getItem(manifestKey(runId));
  if (item === undefined)
    throw new Fault(
      'BadState',
      `The manifest of export run ${runId} is missing, although the run was sealed: something else changes the backup table. Start ExportWorkflow again.`,
    );
  return manifestIn(item);
}

const summaryOf = ({
  checksums: _checksums,
  poolSettings: _poolSettings,
  safeguards: _safeguards,
  snapshot,
  ...summary
}: Manifest): ManifestSummary => ({ ...summary, snapshotObjects: snapshot?.objects.length ?? 0 });
