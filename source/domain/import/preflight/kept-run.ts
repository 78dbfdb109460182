import * as v from 'valibot';
import { Checksums } from '../../backup/checksums.ts';
import { manifestIn, manifestKey, manifestShape } from '../../backup/manifest.ts';
import type { Manifest } from '../../backup/manifest.ts';
import { isClosed, snapshotFolders, stateOfFolder } from '../../backup/snapshot/folders.ts';
import { snapshotManifestKey } from '../../backup/snapshot/names.ts';
import { readSnapshotManifest } from '../../backup/snapshot/read.ts';
import { Halt } from '../../errors.ts';
import type { BackupTable, ObjectStore } from '../../ports.ts';
import { textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';

export const keptRunShape = v.object({
  manifest: manifestShape,
  /** For the report. */
  notes: textsShape,
  /** For report and message. */
  remarks: v.exactOptional(textsShape),
});
/** A run that is kept as a snapshot in this Region's bucket. */
export type KeptRun = Stored<typeof keptRunShape>;

/** What the look at a kept run needs. */
export interface KeptRunDeps {
  readonly objects: Pick<ObjectStore, 'get' | 'list'>;
  readonly table: Pick<BackupTable, 'getItem'>;
}

/** So many kept runs are named when another one was asked for. */
const NAMED = 10;

/**
 * Reads the manifest of a kept run and holds it against the one that the table keeps of the same run, which nobody who
 * can write to the bucket alone can change. A table without it (made or recovered after that run) is noted; of a run that
 * a guard refused no table ever had one, and it is remarked that and why it was refused. Halts:
 * ExportRunNotFound with the runs that are kept, SnapshotDamaged, NoSealedBackup for the run of a newer version.
 */
export async function readKeptRun(
  deps: KeptRunDeps,
  { runId, tableName }: { readonly runId: string; readonly tableName: string },
): Promise<KeptRun> {
  const manifest = await readSnapshotManifest(deps.objects, runId);
  if (manifest === undefined) throw await notKept(deps.objects, runId);
  if (manifest.refused !== undefined)
    return { manifest, notes: [], remarks: [refusedRemark(manifest, manifest.refused)] };
  const stored = await deps.table.getItem(manifestKey(runId));
  const sealed = stored === undefined ? undefined : manifestIn(stored);
  if (sealed === undefined) {
    return {
      manifest,
      notes: [
        `The table ${tableName} has no manifest of the export ${runId}: its snapshot was held against the manifest in its own folder only.`,
      ],
    };
  }
  assertSame(manifest, sealed, tableName);
  return { manifest, notes: [] };
}

/** Why a guard refuses runs, by its halt. */
const REFUSED_FOR: Readonly<Record<string, string>> = {
  MassDeleteRefused: 'it would have deleted more than MaxDeletePercent allows',
  MassChangeRefused: 'it would have changed more users than MaxChangePercent allows',
};

/** Said of a run that no table ever held. */
export const refusedRemark = ({ runId, userPoolId, startedAt }: Manifest, refused: string): string =>
  `The export ${runId} was refused (${refused}${REFUSED_FOR[refused] === undefined ? '' : `: ${REFUSED_FOR[refused]}`}), so it never became the backup: what is restored is what it found in the user pool ${userPoolId} at ${startedAt}, because ExportRun names it.`;

function assertSame(kept: Manifest, sealed: Manifest, tableName: string): void {
  const { users, groups, memberships } = kept.counts;
  const differing = [
    ...(kept.userPoolId === sealed.userPoolId ? [] : ['the user pool']),
    ...(users === sealed.counts.users && groups === sealed.counts.groups && memberships === sealed.counts.memberships
      ? []
      : ['the counts']),
    ...(Checksums.differing(kept.checksums, sealed.checksums).length === 0 ? [] : ['the checksums']),
  ];
  if (differing.length === 0) return;
  throw new Halt(
    'SnapshotDamaged',
    `The object ${snapshotManifestKey(kept.runId)} is not the manifest that the export ${kept.runId} sealed: ${differing.join(' and ')} differ from its manifest in the table ${tableName}, so one of the two was changed later. Nothing was written to the new pool. Restore another run, or start without "ExportRun".`,
  );
}

async function notKept(objects: KeptRunDeps['objects'], runId: string): Promise<Halt> {
  const kept = (await snapshotFolders(objects)).filter(isClosed);
  const named: string[] = [];
  for (const folder of kept.slice(0, NAMED)) {
    const refused = (await stateOfFolder(objects, folder))?.state === 'refused';
    named.push(refused ? `${folder.runId} (refused)` : folder.runId);
  }
  const found =
    kept.length === 0
      ? 'No run is kept there: snapshots are off (SnapshotRetentionDays 0), or none has been made in this Region yet. Start without "ExportRun" to restore the backup table'
      : `Kept, the newest first: ${named.join(', ')}${kept.length > NAMED ? ` and ${kept.length - NAMED} more` : ''}. Start again with one of these, or without "ExportRun" to restore the backup table`;
  return new Halt(
    'ExportRunNotFound',
    `The mapping-file bucket of this Region keeps no complete snapshot of the export ${runId}. ${found}.`,
  );
}
