import { gunzipSync, gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { settingsKey } from '../backup/manifest.ts';
import type { Manifest, SettingsRecord } from '../backup/manifest.ts';
import { canonicalJson } from '../backup/hashing.ts';
import { snapshotKey } from '../backup/snapshot/names.ts';
import { Halt } from '../errors.ts';
import type { BackupTable, ObjectStore, TableItem } from '../ports.ts';
import { settingsChanges } from './changes.ts';
import { settingsHash, settingsIn } from './shape.ts';
import type { KeptSettings } from './shape.ts';

/**
 * How kept settings are stored: as gzip of their JSON. In the table as items under their hash, base64 in parts, so that the
 * backup Region has them; runs between which nothing changed share them. In a snapshot as one object of the same bytes.
 */
const PART_LENGTH = 300_000;
/** No configuration is larger: twenty looks of managed login at 2 MB each, as base64, and everything else. A larger one is damage. */
const MOST_BYTES = 256 * 1024 * 1024;

/** The bytes that are stored of settings. */
export const settingsBytes = (settings: KeptSettings): Buffer => gzipSync(canonicalJson(settings));

/** The items that hold such bytes, each below DynamoDB's 400 KB. */
export function settingsItems(hash: string, bytes: Uint8Array): TableItem[] {
  const text = Buffer.from(bytes).toString('base64');
  return Array.from({ length: Math.ceil(text.length / PART_LENGTH) }, (_, index) => ({
    ...settingsKey(hash, index),
    content: text.slice(index * PART_LENGTH, (index + 1) * PART_LENGTH),
  }));
}

/** What a manifest says about them. `before`: those of the last sealed run. */
export function settingsRecord(
  settings: KeptSettings,
  items: readonly TableItem[],
  before?: KeptSettings,
): SettingsRecord {
  const changed = before === undefined ? undefined : settingsChanges(before, settings);
  return {
    hash: settingsHash(settings),
    items: items.length,
    leftOut: settings.leftOut.length,
    ...(changed === undefined ? {} : { changed }),
  };
}

/** The bytes as the table has them; undefined where an item is missing (it may not have arrived in this Region) or is none of ours. */
export async function storedSettingsBytes(
  table: Pick<BackupTable, 'getItem'>,
  { hash, items }: Pick<SettingsRecord, 'hash' | 'items'>,
): Promise<Buffer | undefined> {
  const parts: string[] = [];
  for (let index = 0; index < items; index += 1) {
    const content = (await table.getItem(settingsKey(hash, index)))?.content;
    if (typeof content !== 'string') return undefined;
    parts.push(content);
  }
  return Buffer.from(parts.join(''), 'base64');
}

/** The settings in stored bytes; undefined where they are damaged: they are no settings of that hash. */
export function settingsInBytes(bytes: Uint8Array, hash: string): KeptSettings | undefined {
  let json: string;
  try {
    json = gunzipSync(bytes, { maxOutputLength: MOST_BYTES }).toString('utf8');
  } catch {
    return undefined;
  }
  return settingsIn(json, hash);
}

/** Where a run's settings are read: the table, or the bucket with the run's snapshot. */
export type SettingsSource =
  { readonly table: Pick<BackupTable, 'getItem'> } | { readonly objects: Pick<ObjectStore, 'get'> };

/**
 * The pool's configuration as the run kept it: of the last sealed run from the table, of any run from its snapshot.
 * Undefined where the run kept none (a version before 2.1, or there is no snapshot to read it from). Halt SnapshotDamaged
 * where what lies there is not what the manifest vouches for.
 */
export async function readPoolSettings(
  source: SettingsSource,
  manifest: Pick<Manifest, 'runId' | 'settings' | 'snapshot'>,
): Promise<KeptSettings | undefined> {
  const { runId, settings: record, snapshot } = manifest;
  if (record === undefined) return undefined;
  if ('table' in source) {
    const bytes = await storedSettingsBytes(source.table, record);
    return (
      (bytes === undefined ? undefined : settingsInBytes(bytes, record.hash)) ??
      damaged(`in the items ${settingsKey(record.hash, 0).id} of the backup table`, runId)
    );
  }
  const object = snapshot?.settings;
  if (object === undefined) return undefined;
  const key = snapshotKey(runId, object.name);
  const body = (await source.objects.get(key))?.body;
  const isIt = body !== undefined && createHash('sha256').update(body).digest('hex') === object.sha256;
  return (isIt ? settingsInBytes(body, record.hash) : undefined) ?? damaged(`in the object ${key}`, runId);
}

function damaged(where: string, runId: string): never {
  throw new Halt(
    'SnapshotDamaged',
    `The pool's configuration ${where} is missing or not what the export ${runId} kept. The next complete export keeps it anew.`,
  );
}
