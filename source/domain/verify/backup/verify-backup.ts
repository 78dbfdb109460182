import type { Manifest } from '../../backup/manifest.ts';
import { unprotectedText } from '../../backup/source-pool.ts';
import { OpenPlanReader } from '../../digests/open-plan.ts';
import { workSlice } from '../../state/slice.ts';
import { claimVerification, removeWork } from '../progress.ts';
import { verificationFolder } from '../verify-event.ts';
import { isWaiting } from './differ.ts';
import { LAST_KEY, readLast, withVerified } from './last.ts';
import type { LastVerification } from './last.ts';
import { beginLook } from './look.ts';
import { thinSnapshots } from './thin-snapshots.ts';
import { verifyTable } from './scan.ts';
import { checkSnapshot } from './snapshot.ts';
import { backupStateShape, newState } from './state.ts';
import type { Verification, VerifyBackupDeps, VerifyBackupInput, VerifyBackupResult } from './state.ts';
import { verifyingFigures } from '../figures.ts';
import { writeSnapshot } from './write-snapshot.ts';

/**
 * VerifyBackup: holds every item of this Region's table, and the newest snapshot, against the manifest that was sealed
 * last; in the backup Region it also writes that Region's snapshot from the replica. Works phase by phase until the slice
 * is over. Halts: ManifestMissing, CountsDiffer, ChecksumDiffers, ReplicaBehind, each after two looks; ExportRunOpen,
 * NoSealedBackup, Superseded.
 */
export async function verifyBackup(input: VerifyBackupInput, deps: VerifyBackupDeps): Promise<VerifyBackupResult> {
  const folder = verificationFolder(input.executionArn);
  const progress = await claimVerification(deps, folder, {
    name: 'backup',
    shape: backupStateShape,
    initial: newState,
    figures: verifyingFigures,
  });
  const verification: Verification = {
    input,
    deps,
    progress,
    folder,
    plans: new OpenPlanReader(deps.table),
    sliceOver: workSlice(deps.clock, deps.timeLeft),
  };
  const { state } = progress;
  const goesOn = (): boolean => state.phase !== 'done' && !isWaiting(state, input) && !verification.sliceOver();
  while (goesOn()) await workOn(verification);
  return (
    state.result ?? {
      done: false,
      again: isWaiting(state, input),
      differences: state.differences,
      skipped: false,
      comparePool: false,
    }
  );
}

async function workOn(verification: Verification): Promise<void> {
  const { state } = verification.progress;
  if (state.phase === 'look') return beginLook(verification);
  if (state.phase === 'scan') return verifyTable(verification);
  const manifest = state.manifest as Manifest;
  if (state.phase === 'write') return writeSnapshot(verification, manifest);
  if (await checkSnapshot(verification, manifest)) await finish(verification, manifest);
}

/** Everything is in order: says so for the looks to come, and removes what only this one needed. */
async function finish(verification: Verification, manifest: Manifest): Promise<void> {
  const { runId } = manifest;
  const { input, deps, progress, folder } = verification;
  const { state } = progress;
  const { percent, userPoolId } = input.options;
  const { chosen = [], of = 0 } = state.snapshot ?? {};
  const objects = { read: chosen.length, of };
  const { counts } = state.found;
  state.notes.push(...(await thinSnapshots(verification)));
  const before = await readLast(deps.objects);
  state.notes.push(...unprotectedNotes(manifest, before, input.executionArn));
  const verifiedAt = new Date(deps.clock.now()).toISOString();
  const deletionProtected = manifest.safeguards?.deletionProtected ?? before?.deletionProtected;
  const last: LastVerification = {
    runId,
    ...(percent === 100 && state.look?.open === undefined
      ? { wholeRunId: runId }
      : before?.wholeRunId === undefined
        ? {}
        : { wholeRunId: before.wholeRunId }),
    verifiedAt,
    execution: input.executionArn,
    percent,
    counts,
    objects,
    notes: state.notes,
    ...(deletionProtected === undefined ? {} : { deletionProtected }),
    nextObject: state.snapshot?.next ?? before?.nextObject ?? 0,
    runs: withVerified(before, { runId, verifiedAt, percent }),
  };
  await deps.objects.put(LAST_KEY, JSON.stringify(last));
  await removeWork(deps.objects, folder);
  state.result = {
    done: true,
    again: false,
    differences: state.differences,
    skipped: false,
    comparePool: userPoolId !== undefined,
    runId,
    counts,
    objects,
    percent,
    notes: state.notes,
  };
  state.phase = 'done';
  await progress.save();
}

/** Said by the first verification that knows of it, and again only after the pool was protected in between. */
function unprotectedNotes(
  { safeguards, userPoolId }: Manifest,
  before: LastVerification | undefined,
  executionArn: string,
): string[] {
  // An invocation before this one may have died between its record and its answer.
  const told = before?.deletionProtected === false && before.execution !== executionArn;
  return safeguards?.deletionProtected !== false || told ? [] : [unprotectedText(userPoolId)];
}
