import { createHash } from 'node:crypto';
import type { SettingsRecord, SnapshotSettings } from '../backup/manifest.ts';
import { SETTINGS_NAME, snapshotKey } from '../backup/snapshot/names.ts';
import type { BackupTable, ObjectStore } from '../ports.ts';
import { settingsInBytes, storedSettingsBytes } from './kept.ts';

/** The settings in the table, as stored; undefined where they are not there, or damaged. */
export async function intactSettings(
  table: Pick<BackupTable, 'getItem'>,
  record: SettingsRecord,
): Promise<Buffer | undefined> {
  const bytes = await storedSettingsBytes(table, record);
  return bytes === undefined || settingsInBytes(bytes, record.hash) === undefined ? undefined : bytes;
}

/** Copies the settings of a run from the table to its snapshot; undefined where there are none to be copied. */
export async function copySettings(
  { table, objects }: { readonly table: Pick<BackupTable, 'getItem'>; readonly objects: Pick<ObjectStore, 'put'> },
  runId: string,
  record: SettingsRecord | undefined,
): Promise<SnapshotSettings | undefined> {
  const bytes = record === undefined ? undefined : await intactSettings(table, record);
  if (bytes === undefined) return undefined;
  await objects.put(snapshotKey(runId, SETTINGS_NAME), bytes);
  return { name: SETTINGS_NAME, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
}
