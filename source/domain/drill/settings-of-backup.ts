import type { Manifest } from '../backup/manifest.ts';
import { readSealedBackup } from '../backup/sealed-backup.ts';
import { Halt, isNamed } from '../errors.ts';
import { readPoolSettings } from '../pool-settings/kept.ts';
import type { KeptSettings } from '../pool-settings/shape.ts';
import type { BackupTable, Clock } from '../ports.ts';
import { againWhile } from './again-while.ts';
import type { Passing } from './again-while.ts';

/** The items of a run are waited for in a replica as long as a restore waits. */
const NOT_ARRIVED: Passing = {
  passes: (error) => isNamed(error, 'ReplicaBehind', 'SnapshotDamaged'),
  patienceMs: 5 * 60_000,
  everyMs: 15_000,
};

/** The last sealed run, and the settings that it kept. */
export interface BackupSettings {
  readonly manifest: Manifest;
  readonly kept: KeptSettings;
}

/**
 * What the pool of a drill is made like. Global tables keep no order between items, and the newest run may begin to show in the
 * backup Region before its manifest and its settings: they are waited for. Halts: NoSealedBackup, also where the run kept no
 * settings; ReplicaBehind where its manifest does not come; SnapshotDamaged where its settings do not.
 */
export const settingsOfBackup = (
  { table, clock }: { readonly table: Pick<BackupTable, 'getItem'>; readonly clock: Pick<Clock, 'now' | 'sleep'> },
  tableName: string,
): Promise<BackupSettings> => againWhile(clock, NOT_ARRIVED, () => settingsNow(table, tableName));

async function settingsNow(table: Pick<BackupTable, 'getItem'>, tableName: string): Promise<BackupSettings> {
  const { manifest, runId } = await readSealedBackup(table, tableName);
  if (manifest === undefined)
    throw new Halt(
      'ReplicaBehind',
      `The manifest of the last complete export ${runId} has not arrived in ${tableName} of this Region. Start the drill again when the replication has caught up, or run ExportWorkflow to its end.`,
    );
  const kept = await readPoolSettings({ table }, manifest);
  if (kept !== undefined) return { manifest, kept };
  throw new Halt(
    'NoSealedBackup',
    `The export ${runId} in ${tableName} has not kept the settings of its pool, of which a pool for the drill could be made. Run ExportWorkflow to its end, and start the drill again.`,
  );
}
