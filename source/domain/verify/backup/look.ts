import { LATEST_KEY, manifestKey } from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { readSnapshotManifest, UNREADABLE } from '../../backup/snapshot/read.ts';
import { Halt, isNamed } from '../../errors.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import type { SealedBackup } from '../../backup/sealed-backup.ts';
import { differ } from './differ.ts';
import { readLast } from './last.ts';
import { skip } from './skip.ts';
import { thinSnapshots } from './thin-snapshots.ts';
import { inBackupRegion, isScheduled, nothingFound } from './state.ts';
import type { Verification } from './state.ts';

/** What the primary Region's table says, as far as it can be asked: the id of its last sealed run. */
type Primary = { readonly latest?: string } | 'unreachable';

const UNREACHABLE =
  'The table in the primary Region could not be asked: whether this replica is the newest is not known.';

/**
 * Begins a look at the table: what was sealed last, whether that was verified already, and whether the primary Region is
 * ahead. Ends the execution where there is nothing to look at.
 */
export async function beginLook(verification: Verification): Promise<void> {
  const { input, deps, progress } = verification;
  const { state } = progress;
  state.notes.length = 0;
  const primary = await askPrimary(verification);
  const sealed = await lastSealed(verification);
  if (primary !== 'unreachable' && primary?.latest !== undefined && primary.latest !== sealed?.runId) {
    return differ(verification, `behind ${sealed?.runId ?? ''}`, () =>
      behind(verification, sealed?.runId, primary.latest as string),
    );
  }
  if (sealed === undefined) {
    if (isScheduled(input)) return skip(verification, 'nothingSealed');
    throw new Halt(
      'NoSealedBackup',
      `The table ${input.tableName} holds no complete export in ${input.region}, so there is nothing to verify. Run ExportWorkflow to its end first.`,
    );
  }
  const { runId, manifest, open } = sealed;
  if (
    isScheduled(input) &&
    open === undefined &&
    input.options.userPoolId === undefined &&
    (await readLast(deps.objects))?.wholeRunId === runId
  ) {
    // SnapshotRetentionDays may have become 0, or an earlier look may have had no time left.
    await thinSnapshots(verification);
    return skip(verification, 'alreadyVerified', runId);
  }
  if (manifest === undefined) {
    const halt = await manifestMissing(verification, runId);
    return differ(verification, `manifest ${runId}`, () => halt);
  }
  if (primary === 'unreachable') state.notes.push(UNREACHABLE);
  const underPlan = (await verification.plans.read(open)) !== undefined;
  state.look = {
    runId,
    ...(open === undefined ? {} : { open }),
    // While a plan is being applied the table is between two runs.
    writesSnapshot: open === undefined && (await writesSnapshot(verification, manifest)),
    counts: manifest.counts,
    ...(primary === 'unreachable' ? { primary } : {}),
  };
  state.found = nothingFound({ underPlan });
  state.phase = 'scan';
  await progress.save();
}

/** The last sealed run as this Region's table shows it; undefined where it shows none. */
async function lastSealed({ input, deps }: Verification): Promise<SealedBackup | undefined> {
  const latest = await deps.table.getItem(LATEST_KEY);
  return latest === undefined ? undefined : readSealedBackup(deps.table, input.tableName);
}

async function askPrimary({ deps }: Verification): Promise<Primary | undefined> {
  if (deps.primary === undefined) return undefined;
  try {
    const latest = await deps.primary.getItem(LATEST_KEY);
    return latest === undefined ? {} : { latest: String(latest.runId) };
  } catch (error) {
    deps.log.warn("The primary Region's table could not be read", { error: (error as Error).name });
    return 'unreachable';
  }
}

function behind({ input }: Verification, own: string | undefined, primary: string): Halt {
  const { tableName, region, primaryRegion } = input;
  return new Halt(
    'ReplicaBehind',
    `The replica of the table ${tableName} in ${region} is behind, also five minutes after the first look: the last complete export in ${primaryRegion} is ${primary}, here it is ${own ?? 'none'}.`,
  );
}

async function manifestMissing({ input, deps }: Verification, runId: string): Promise<Halt> {
  const { tableName, region, primaryRegion } = input;
  const what = `EXPORT#LATEST of the table ${tableName} in ${region} names the export ${runId}, but its manifest is not there, also five minutes after the first look`;
  const inPrimary = await deps.primary?.getItem(manifestKey(runId)).then(
    (found) => found !== undefined,
    () => undefined,
  );
  if (inPrimary === true)
    return new Halt('ReplicaBehind', `${what}. The table in ${primaryRegion} has it: the replica is behind.`);
  const asked =
    deps.primary === undefined
      ? ''
      : inPrimary === false
        ? `, nor in ${primaryRegion}`
        : `; the table in ${primaryRegion} could not be asked`;
  return new Halt('ManifestMissing', `${what}${asked}. Without it nobody can say what this backup should hold.`);
}

/** The backup Region has no export of its own: its snapshot is written from the replica, when that is in order. */
async function writesSnapshot({ input, deps }: Verification, manifest: Manifest): Promise<boolean> {
  if (!inBackupRegion(input) || input.retentionDays === 0) return false;
  try {
    return (await readSnapshotManifest(deps.objects, manifest.runId)) === undefined;
  } catch (error) {
    if (isNamed(error, ...UNREADABLE)) return false; // Told when the snapshot is read.
    throw error;
  }
}
