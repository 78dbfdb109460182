import { Fault } from '../errors.ts';
import type { PoolSettings } from '../model.ts';
import type { ItemKey, TableItem } from '../ports.ts';
import { manifestProblem } from '../state/stored-shapes.ts';

/** Version of the table's data model; a reader refuses a newer one. */
export const SCHEMA_VERSION = 1;

/** Items by kind. */
export interface Counts {
  readonly users: number;
  readonly groups: number;
  readonly memberships: number;
}
/** Of something that holds no items. */
export const NO_COUNTS: Counts = { users: 0, groups: 0, memberships: 0 };

/** One object of a run's snapshot; see snapshot/names.ts. */
export interface SnapshotObject {
  /** Below the snapshot's folder, for instance `segment-0.ndjson.gz`. */
  readonly name: string;
  /** Size of the object as stored. */
  readonly bytes: number;
  /** Of the object as stored; 64 hex digits. */
  readonly sha256: string;
  /** Items in it: one line of JSON each. */
  readonly items: number;
}

/** The record of one complete export. It exists only when the run was sealed: counts and checksums then hold for the whole table. */
export interface Manifest {
  readonly runId: string;
  readonly userPoolId: string;
  readonly poolSettings: PoolSettings;
  readonly counts: Counts;
  /** See Checksums. */
  readonly checksums: readonly string[];
  readonly added: Counts;
  readonly changed: Counts;
  readonly deleted: Counts;
  /** Not exported: users of identity providers, and their memberships. */
  readonly skipped: { readonly federatedUsers: number; readonly federatedMemberships: number };
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly softwareVersion: string;
  readonly schemaVersion: number;
  /** The same items once more, as objects; absent when SnapshotRetentionDays was 0. */
  readonly snapshot?: { readonly objects: readonly SnapshotObject[] };
}

/** Key of a run's manifest in the table. */
export const manifestKey = (runId: string): ItemKey => ({ id: `EXPORT#${runId}`, type: 'MANIFEST' });
/** Names the last sealed run; for readers this pointer is the truth. */
export const LATEST_KEY: ItemKey = { id: 'EXPORT#LATEST', type: 'POINTER' };
/** Present while a run changes the table; names that run. */
export const OPEN_KEY: ItemKey = { id: 'EXPORT#OPEN', type: 'MARKER' };

/** What lies under OPEN_KEY. */
export interface OpenMarker {
  readonly runId: string;
  /** ISO 8601. */
  readonly openedAt: string;
}

/** The manifest in an item that `manifestItem` made; Fault BadState when it is none. One of a newer data version is not looked into. */
export function manifestIn({ id, type: _type, ...manifest }: TableItem): Manifest {
  const newer = typeof manifest.schemaVersion === 'number' && manifest.schemaVersion > SCHEMA_VERSION;
  const problem = newer
    ? undefined
    : manifestKey(String(manifest.runId)).id === id
      ? manifestProblem(manifest)
      : 'it belongs to another run';
  return problem === undefined ? (manifest as unknown as Manifest) : damagedRecord(id, problem);
}

/** The run that an item under LATEST_KEY or OPEN_KEY names; undefined without an item, Fault BadState when it names none. */
export function runIdIn(item: TableItem | undefined): string | undefined {
  if (item === undefined) return undefined;
  return typeof item.runId === 'string' && /^[\w-]{1,64}$/.test(item.runId)
    ? item.runId
    : damagedRecord(item.id, 'its runId is not the id of a run');
}

function damagedRecord(id: string, problem: string): never {
  throw new Fault(
    'BadState',
    `The item ${id} of the backup table is damaged: ${problem}. Put it back as it was (recover the table to an earlier moment and copy it from there), or delete it and start ExportWorkflow, which seals a new run.`,
  );
}

/** The item that seals a run; manifestIn reads it. */
export const manifestItem = (manifest: Manifest): TableItem => ({ ...manifestKey(manifest.runId), ...manifest });
/** The pointer that makes a run the last sealed one; runIdIn reads it. */
export const latestItem = (manifest: Manifest): TableItem => ({
  ...LATEST_KEY,
  runId: manifest.runId,
  endedAt: manifest.endedAt,
});
/** The marker of a run that may have changed the table; runIdIn reads it. */
export const openItem = (marker: OpenMarker): TableItem => ({ ...OPEN_KEY, ...marker });
