import { manifestIn, manifestKey } from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { SnapshotParts } from '../../backup/snapshot/write.ts';
import { Fault } from '../../errors.ts';
import { claimExportProgress } from '../progress.ts';
import { Run } from '../run.ts';
import { workSlice } from '../../state/slice.ts';
import { workThenSave } from '../../state/step.ts';
import { confirmGone } from './confirm.ts';
import { confirmMemberships } from './confirm-memberships.ts';
import { deleteGone } from './delete.ts';
import type { GuardOptions } from './guard.ts';
import { planDeletes } from './plan.ts';
import { lookAtReplica } from './replica.ts';
import { findGone } from './scan.ts';
import { sealRun } from './seal.ts';
import { seenByRun } from './seen.ts';
import type { SeenByRun } from './seen.ts';
import { closeSnapshotBefore, joinSnapshot } from './snapshot.ts';
import { cleanUpStateShape, newCleanUp } from './state.ts';
import type { CleanUp, CleanUpDeps, CleanUpState, ReplicaLook } from './state.ts';

const CLEAN_UP_CHECKPOINT = 'clean-up';

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
export type ManifestSummary = Omit<Manifest, 'checksums' | 'poolSettings' | 'snapshot'> & {
  /** Objects of the run's snapshot, its manifest aside; 0 when none is kept. */
  readonly snapshotObjects: number;
};
/** What the state machine sees: the phase, and at the end what was sealed. */
export interface CleanUpResult {
  readonly done: boolean;
  readonly phase: CleanUpState['phase'];
  /** Once the run is sealed. */
  readonly manifest?: ManifestSummary;
  readonly replica?: ReplicaLook;
  /** Once the run is sealed: users that it saw in the pool, federated ones included, and Cognito's estimate when it began. */
  readonly listing?: { readonly users: number; readonly estimatedUsers: number };
}

/**
 * BackupTableCleanup: finds what the complete listing did not show, deletes it within the guard's limits, and seals the
 * run. Works phase by phase until the slice is over; every phase resumes where it was.
 */
export async function cleanUpTable(deps: CleanUpDeps, options: CleanUpOptions): Promise<CleanUpResult> {
  const run = await Run.join(deps, options.runId);
  const seen = await seenByRun(deps.objects, run.id);
  const progress = await claimExportProgress(deps, run, CLEAN_UP_CHECKPOINT, cleanUpStateShape, () =>
    newCleanUp(options),
  );
  const { state } = progress;
  const cleanUp: CleanUp = {
    deps,
    run,
    progress,
    sliceOver: workSlice(deps.clock, deps.timeLeft),
    snapshot: state.snapshot === undefined ? undefined : new SnapshotParts(state.snapshot.state),
  };
  const work = async (): Promise<void> => {
    if (state.phase === 'scan') await closeSnapshotBefore(cleanUp);
    while (state.phase !== 'sealed' && !cleanUp.sliceOver()) await workOn(cleanUp, seen, options);
  };
  await workThenSave(
    progress,
    () => state.confirm.asked + state.doubtful.pages,
    () => progress.gather(cleanUp.snapshot === undefined ? [] : [cleanUp.snapshot], work),
  );
  if (state.phase !== 'sealed') return { done: false, phase: state.phase };
  await run.seal();
  return {
    done: true,
    phase: state.phase,
    manifest: summaryOf(await sealedManifest(deps.table, run.id)),
    ...(state.replica === undefined ? {} : { replica: state.replica }),
    listing: { users: seen.users, estimatedUsers: run.facts.estimatedUsers },
  };
}

async function workOn(cleanUp: CleanUp, seen: SeenByRun, options: CleanUpOptions): Promise<void> {
  const { phase } = cleanUp.progress.state;
  if (phase === 'scan') await findGone(cleanUp, seen);
  else if (phase === 'confirm') await confirmGone(cleanUp);
  else if (phase === 'memberships') await confirmMemberships(cleanUp, seen);
  else if (phase === 'plan') await planDeletes(cleanUp, seen, options);
  else if (phase === 'delete') await deleteGone(cleanUp);
  else if (phase === 'snapshot') await joinSnapshot(cleanUp);
  else if (phase === 'seal') await sealRun(cleanUp, seen, options.softwareVersion);
  else if (phase === 'replica') await lookAtReplica(cleanUp, options.replicaRegion);
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
  snapshot,
  ...summary
}: Manifest): ManifestSummary => ({ ...summary, snapshotObjects: snapshot?.objects.length ?? 0 });
