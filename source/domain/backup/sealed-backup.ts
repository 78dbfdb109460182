import * as v from 'valibot';
import {
  LATEST_KEY,
  manifestIn,
  manifestKey,
  manifestShape,
  OPEN_KEY,
  openMarkerIn,
  openMarkerShape,
  runIdIn,
  SCHEMA_VERSION,
} from './manifest.ts';
import type { Manifest } from './manifest.ts';
import { Halt } from '../errors.ts';
import type { BackupTable } from '../ports.ts';
import { idShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';

export const sealedBackupShape = v.object({
  /** Id of the last sealed run. */
  runId: idShape,
  /** Absent while a replica shows only half of the sealing transaction. */
  manifest: v.exactOptional(manifestShape),
  /** Another run that changes the table and is not sealed: under way, interrupted, or (in a replica) not yet arrived. */
  open: v.exactOptional(openMarkerShape),
});
/** What the table says about its last sealed run, and about one that is not sealed yet. */
export type SealedBackup = Stored<typeof sealedBackupShape>;

/**
 * Reads what the backup table says about its last sealed run; `EXPORT#LATEST` is the truth, an OPEN marker of that same
 * run is a replica's half-applied transaction and ignored. Halts with NoSealedBackup when no run was ever sealed, or
 * when a newer version of the software wrote it.
 */
export async function readSealedBackup(table: Pick<BackupTable, 'getItem'>, tableName: string): Promise<SealedBackup> {
  const latest = await table.getItem(LATEST_KEY);
  if (latest === undefined) {
    throw new Halt(
      'NoSealedBackup',
      `The backup table ${tableName} holds no complete export in this Region. Run ExportWorkflow to its end first, or give BackupTableName of a table that has one. A table of the retired solution (version 1.x) is restored through a snapshot of it, which the command adopt makes: docs/runbooks/from-the-retired-solution.md.`,
    );
  }
  const runId = runIdIn(latest) as string;
  const open = openMarkerIn(await table.getItem(OPEN_KEY));
  const stored = await table.getItem(manifestKey(runId));
  const manifest = stored === undefined ? undefined : manifestIn(stored);
  if (manifest !== undefined) assertReadable(manifest, `in ${tableName}`);
  return {
    runId,
    ...(manifest === undefined ? {} : { manifest }),
    ...(open === undefined || open.runId === runId ? {} : { open }),
  };
}

/** True when the table said the same at both moments: no run was sealed or began to change it in between. */
export const sameBackup = (one: SealedBackup, other: SealedBackup): boolean =>
  one.runId === other.runId &&
  one.open?.runId === other.open?.runId &&
  one.open?.plan?.sha256 === other.open?.plan?.sha256;

/** Halts with NoSealedBackup when a newer version of the software wrote the export. `where`: goes into the message. */
export function assertReadable(
  { runId, schemaVersion, softwareVersion }: Pick<Manifest, 'runId' | 'schemaVersion' | 'softwareVersion'>,
  where: string,
): void {
  if (schemaVersion <= SCHEMA_VERSION) return;
  throw new Halt(
    'NoSealedBackup',
    `The export ${runId} ${where} was written by a newer version (${softwareVersion}, data version ${schemaVersion}; this one reads up to ${SCHEMA_VERSION}). Update the solution in this Region, then start again.`,
  );
}
