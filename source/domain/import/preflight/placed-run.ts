import { countsText } from '../../backup/counts.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { isClosed, snapshotFolders } from '../../backup/snapshot/folders.ts';
import type { SnapshotFolder } from '../../backup/snapshot/folders.ts';
import { SNAPSHOTS_PREFIX, snapshotKey } from '../../backup/snapshot/names.ts';
import type { SnapshotObjects } from '../../backup/snapshot/place.ts';
import { readSnapshotManifest, UNREADABLE } from '../../backup/snapshot/read.ts';
import { UNKNOWN_POOL } from '../../backup/source-pool.ts';
import { forEachAtOnce } from '../../concurrency.ts';
import { counted, countedAs, number } from '../../counted.ts';
import { Halt, isNamed } from '../../errors.ts';
import type { KeptRun } from './kept-run.ts';
import { refusedRemark } from './kept-run.ts';

/** So many runs are named when one has to be chosen. */
const NAMED = 10;
/** The newest so many are looked at: a bucket that holds exports of several pools shows it among them. */
const LOOKED_AT = 50;
const READS_AT_A_TIME = 8;

/** Of a backup that the retired solution made, what nobody can hold the new pool against. */
export const SETTINGS_UNKNOWN =
  "The retired solution stored no settings of its user pool. So nobody can tell whether the new pool agrees with the old one in: telling names apart by case, aliases, types and limits of attributes, which of them are required, MFA. Each value is held against the new pool's own schema; compare the rest yourself. It stored no IAM roles of groups and no date of creation either: of users who share a sign-in name, one comes back: who has verified it where it is an address, else any one of them.";

/** What an input names. */
export interface AskedPlace {
  /** `s3://bucket/prefix/`. */
  readonly snapshotPrefix: string;
  readonly exportRun: string | undefined;
}

/** What stands in the way of a run, or its manifest. */
type Look = { readonly manifest: Manifest } | { readonly halt: Halt };

/**
 * Reads the manifest of a run whose snapshot lies in a vault, in the retained bucket of an earlier launch or below a prefix
 * of its own: of the run that was named, else of the newest that was sealed and is all there. No table vouches for it: it is
 * held against its own manifest. Halts: ExportRunNotFound where it is not there, or not all of it; SnapshotDamaged;
 * NoSealedBackup for the run of a newer version; InvalidInput where nobody can tell which pool is meant.
 */
export async function readPlacedRun(
  snapshots: Pick<SnapshotObjects, 'get' | 'list'>,
  asked: AskedPlace,
): Promise<KeptRun> {
  const folders = await snapshotFolders(snapshots);
  if (folders.length === 0)
    throw new Halt(
      'ExportRunNotFound',
      `There is no snapshot in ${asked.snapshotPrefix}: nothing lies below ${asked.snapshotPrefix}${SNAPSHOTS_PREFIX}. Nothing was written to the new pool. Give the prefix in which ${SNAPSHOTS_PREFIX} lies, and start again.`,
    );
  return asked.exportRun === undefined
    ? newestRun(snapshots, folders, asked.snapshotPrefix)
    : namedRun(snapshots, folders, { ...asked, exportRun: asked.exportRun });
}

async function namedRun(
  snapshots: Pick<SnapshotObjects, 'get' | 'list'>,
  folders: readonly SnapshotFolder[],
  { snapshotPrefix, exportRun }: AskedPlace & { readonly exportRun: string },
): Promise<KeptRun> {
  const folder = folders.find(({ runId }) => runId === exportRun);
  if (folder === undefined)
    throw new Halt(
      'ExportRunNotFound',
      `There is no snapshot of the export ${exportRun} in ${snapshotPrefix}. Nothing was written to the new pool. ${choices(folders)}`,
    );
  const look = await lookAt(snapshots, folder, snapshotPrefix);
  if ('halt' in look) throw look.halt;
  return placed(look.manifest, snapshotPrefix);
}

function choices(folders: readonly SnapshotFolder[]): string {
  const closed = folders.filter(isClosed).map(({ runId }) => runId);
  if (closed.length === 0) return 'No run there has a manifest.';
  const more = closed.length > NAMED ? ` and ${closed.length - NAMED} more` : '';
  return `There are, the newest first: ${closed.slice(0, NAMED).join(', ')}${more}. Start again with one of these, or without "ExportRun" for the newest.`;
}

async function newestRun(
  snapshots: Pick<SnapshotObjects, 'get' | 'list'>,
  folders: readonly SnapshotFolder[],
  snapshotPrefix: string,
): Promise<KeptRun> {
  const newest = folders.slice(0, LOOKED_AT);
  const looks = new Map<string, Look>();
  await forEachAtOnce(newest, READS_AT_A_TIME, async (folder) => {
    looks.set(folder.runId, await lookAt(snapshots, folder, snapshotPrefix));
  });
  const inOrder = newest.map(({ runId }) => looks.get(runId) as Look);
  const manifests = inOrder.flatMap((look) => ('manifest' in look ? [look.manifest] : []));
  assertOnePool(manifests, snapshotPrefix);
  const chosen = manifests.find(({ refused }) => refused === undefined);
  const passed = inOrder.filter((look) => 'halt' in look && (chosen === undefined || isBefore(look, chosen, inOrder)));
  const [first] = passed as { readonly halt: Halt }[];
  // What a newer version sealed is the newest backup, and no reason to take an older one unasked.
  if (first !== undefined && isNamed(first.halt, 'NoSealedBackup')) throw first.halt;
  if (chosen === undefined)
    throw (
      first?.halt ??
      new Halt(
        'ExportRunNotFound',
        `Every export in ${snapshotPrefix} was refused by a guard, so none of them ever was the backup. Nothing was written to the new pool. To restore one all the same, name it: ${manifests
          .slice(0, NAMED)
          .map(({ runId }) => `"ExportRun": "${runId}"`)
          .join(', ')}.`,
      )
    );
  return placed(
    chosen,
    snapshotPrefix,
    passed.length === 0
      ? []
      : [
          `${countedAs(passed.length, 'newer export', ['is', 'are'])} there, too, and cannot be restored now. Of the newest of them: ${first?.halt.message ?? ''}`,
        ],
  );
}

const isBefore = (look: Look, chosen: Manifest, inOrder: readonly Look[]): boolean =>
  inOrder.indexOf(look) < inOrder.findIndex((other) => 'manifest' in other && other.manifest === chosen);

/** The newest of several pools would be somebody else's users. */
function assertOnePool(manifests: readonly Manifest[], snapshotPrefix: string): void {
  const newestOf = new Map<string, Manifest>();
  for (const manifest of manifests) {
    const { userPoolId, runId } = manifest;
    // Any two of which the pool is not known may be of two pools.
    const pool = userPoolId === UNKNOWN_POOL ? runId : userPoolId;
    if (!newestOf.has(pool)) newestOf.set(pool, manifest);
  }
  const newest = [...newestOf.values()];
  if (newest.length < 2) return;
  const pools = newest.slice(0, NAMED).map(({ userPoolId, runId }) => `${userPoolId} ("ExportRun": "${runId}")`);
  const unknown = newest.some(({ userPoolId }) => userPoolId === UNKNOWN_POOL);
  throw new Halt(
    'InvalidInput',
    `There are exports of ${unknown ? 'several user pools, or of pools that nobody knows,' : counted(newest.length, 'user pool')} in ${snapshotPrefix}, so it must be said which one is meant. Nothing was written to the new pool. The newest of each: ${pools.join(', ')}. Start again with one of these.`,
  );
}

async function lookAt(
  snapshots: Pick<SnapshotObjects, 'get' | 'list'>,
  folder: SnapshotFolder,
  snapshotPrefix: string,
): Promise<Look> {
  const { runId, keys } = folder;
  const where = `the export ${runId} in ${snapshotPrefix}`;
  if (!isClosed(folder))
    return lacking(
      `The snapshot of ${where} has no manifest, which is written last: the export was not sealed, or not all of it has been copied yet`,
    );
  try {
    const manifest = await readSnapshotManifest(snapshots, runId);
    if (manifest === undefined) return lacking(`The manifest of ${where} went while it was being read`);
    const objects = manifest.snapshot?.objects ?? [];
    const missing = objects.filter(({ name }) => !keys.has(snapshotKey(runId, name))).length;
    if (missing === 0) return { manifest };
    return lacking(
      `Of the snapshot of ${where}, ${number(missing)} of ${counted(objects.length, 'object')} ${missing === 1 ? 'is' : 'are'} not there: not all of it has been copied yet, or it has begun to expire`,
    );
  } catch (error) {
    if (error instanceof Halt && isNamed(error, ...UNREADABLE))
      return { halt: new Halt(error.name, `In ${snapshotPrefix}: ${error.message}`) };
    throw error;
  }
}

const lacking = (found: string): Look => ({
  halt: new Halt(
    'ExportRunNotFound',
    `${found}. Nothing was written to the new pool. Wait until it is copied, or name another run ("ExportRun"), and start again.`,
  ),
});

function placed(manifest: Manifest, snapshotPrefix: string, more: readonly string[] = []): KeptRun {
  const { runId, userPoolId, endedAt, counts, origin } = manifest;
  const whose =
    origin === undefined
      ? `the user pool ${userPoolId}, sealed ${endedAt}`
      : `${userPoolId === UNKNOWN_POOL ? 'a user pool' : `the user pool ${userPoolId}`}, which the retired solution (${origin}) ended ${endedAt}`;
  const read = `SnapshotPrefix names ${snapshotPrefix}: the export ${runId} of ${whose}, with ${countsText(counts)}, is read from there and held against its own manifest; no table vouches for it.`;
  const refused = manifest.refused === undefined ? [] : [refusedRemark(manifest, manifest.refused)];
  const unknown = origin === undefined ? [] : [SETTINGS_UNKNOWN];
  return { manifest, notes: [], remarks: [read, ...unknown, ...refused, ...more] };
}
