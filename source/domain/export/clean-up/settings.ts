import { LATEST_KEY, manifestIn, manifestKey, runIdIn } from '../../backup/manifest.ts';
import type { Manifest, SettingsRecord } from '../../backup/manifest.ts';
import { snapshotKey } from '../../backup/snapshot/names.ts';
import { intactSettings } from '../../pool-settings/copy.ts';
import { settingsInBytes, settingsItems } from '../../pool-settings/kept.ts';
import { settingsOfRun } from '../keep-settings.ts';
import type { CleanUp, CleanUpDeps } from './state.ts';

/**
 * Notes which settings of the pool the run will name, before the scan looks for those that no run names any more. Where the
 * run could not read any, those of the last sealed run stay, and it is said that they do.
 */
export async function takeSettings({ deps, run, progress }: CleanUp): Promise<void> {
  const { state } = progress;
  if (state.settings !== undefined) return;
  const settings = (await settingsOfRun(deps.objects, run.id)) ?? (await settingsBefore(deps.table));
  if (settings !== undefined) state.settings = settings;
}

async function settingsBefore(table: CleanUpDeps['table']): Promise<SettingsRecord | undefined> {
  const runId = runIdIn(await table.getItem(LATEST_KEY));
  const item = runId === undefined ? undefined : await table.getItem(manifestKey(runId));
  if (item?.settings === undefined) return undefined;
  const { settings } = manifestIn(item);
  if (settings === undefined || (await intactSettings(table, settings)) === undefined) return undefined;
  const { changed: _changed, ...record } = settings;
  return { ...record, carriedOver: true };
}

/**
 * The manifest, once the table holds the settings that it names: a plan that is completed in a table which was put back to an
 * earlier moment finds them only in its snapshot. Without them where they are gone.
 */
export async function withSettings({ table, objects }: CleanUpDeps, manifest: Manifest): Promise<Manifest> {
  const { settings, ...rest } = manifest;
  if (settings === undefined || (await intactSettings(table, settings)) !== undefined) return manifest;
  const object = manifest.snapshot?.settings;
  const body = object === undefined ? undefined : (await objects.get(snapshotKey(manifest.runId, object.name)))?.body;
  if (body === undefined || settingsInBytes(body, settings.hash) === undefined) return rest;
  await table.putItems(settingsItems(settings.hash, body));
  return manifest;
}
