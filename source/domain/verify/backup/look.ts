import { LATEST_KEY, manifestKey, OPEN_KEY } from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { readSnapshotManifest } from '../../backup/snapshot/read.ts';
import { Halt, isNamed } from '../../errors.ts';
import { readSealedBackup } from '../../backup/sealed-backup.ts';
import type { SealedBackup } from '../../backup/sealed-backup.ts';
import { differ } from './differ.ts';
import { readLast } from './last.ts';
import { isExpired } from './snapshot.ts';
import { skip } from './skip.ts';
import { inBackupRegion, isScheduled } from './state.ts';
import type { Verification } from './state.ts';

/** What the primary Region's table says, as far as it can be asked: the id of its last sealed run. */
type Primary = { readonly latest?: string } | 'unreachable';

/** Longer than an ExportWorkflow runs before it times out. */
const LONGEST_EXPORT_MS = 7 * 24 * 3600 * 1000;

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
  // Before the OPEN marker: a replication that stopped during an export leaves that marker here for good.
  if (primary !== 'unreachable' && primary?.latest !== undefined && primary.latest !== sealed?.runId) {
    return differ(verification, `behind ${sealed?.runId ?? ''}`, () =>
      behind(verification, sealed?.runId, primary.latest as string),
    );
  }
  if (sealed?.openRunId !== undefined) {
    const openedAt = primary === 'unreachable' ? await openedTooLongAgo(verification) : undefined;
    if (openedAt === undefined) return runOpen(verification, sealed.openRunId);
    return differ(verification, `open ${sealed.openRunId}`, () => stuck(verification, sealed, openedAt));
  }
  if (sealed === undefined) {
    if (isScheduled(input)) return skip(verification, 'nothingSealed');
    throw new Halt(
      'NoSealedBackup',
      `The table ${input.tableName} holds no complete export in ${input.region}, so there is nothing to verify. Run ExportWorkflow to its end first.`,
    );
  }
  const { runId, manifest } = sealed;
  if (
    isScheduled(input) &&
    input.options.userPoolId === undefined &&
    (await readLast(deps.objects))?.wholeRunId === runId
  )
    return skip(verification, 'alreadyVerified', runId);
  if (manifest === undefined) {
    const halt = await manifestMissing(verification, runId);
    return differ(verification, `manifest ${runId}`, () => halt);
  }
  if (primary === 'unreachable') state.notes.push(UNREACHABLE);
  state.look = { runId, writesSnapshot: await writesSnapshot(verification, manifest) };
  state.phase = 'scan';
  await progress.save();
}

/** The last sealed run as this Region's table shows it; undefined where it shows none. */
async function lastSealed({ input, deps }: Verification): Promise<SealedBackup | undefined> {
  const latest = await deps.table.getItem(LATEST_KEY);
  return latest === undefined ? undefined : readSealedBackup(deps.table, input.tableName);
}

/** An export changes the table: nothing can be said about it before that has ended. */
export async function runOpen(verification: Verification, openRunId: string): Promise<void> {
  if (isScheduled(verification.input)) return skip(verification, 'runOpen');
  throw new Halt(
    'ExportRunOpen',
    `The export run ${openRunId} changes the table ${verification.input.tableName}, or was interrupted while it did, so that the table cannot be held against a sealed manifest now.`,
  );
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

/** When the open run began, where that is longer ago than an export takes: nobody but the primary Region could say why. */
async function openedTooLongAgo({ deps }: Verification): Promise<string | undefined> {
  const openedAt = Date.parse(String((await deps.table.getItem(OPEN_KEY))?.openedAt));
  return deps.clock.now() - openedAt > LONGEST_EXPORT_MS ? new Date(openedAt).toISOString() : undefined;
}

function stuck({ input }: Verification, { runId, openRunId }: SealedBackup, openedAt: string): Halt {
  const { tableName, region, primaryRegion } = input;
  return new Halt(
    'ReplicaBehind',
    `The replica of the table ${tableName} in ${region} shows the export ${openRunId ?? ''} as under way since ${openedAt}, longer than an export may take, and the table in ${primaryRegion} could not be asked: either replication has stopped, or that export was interrupted and none has completed since. The last complete export here is ${runId}.`,
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
  if (!inBackupRegion(input) || input.retentionDays === 0 || isExpired(manifest, input.retentionDays, deps.clock.now()))
    return false;
  try {
    return (await readSnapshotManifest(deps.objects, manifest.runId)) === undefined;
  } catch (error) {
    if (isNamed(error, 'SnapshotDamaged')) return false; // Told when the snapshot is read.
    throw error;
  }
}
