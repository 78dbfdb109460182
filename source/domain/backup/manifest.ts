import * as v from 'valibot';
import { Fault } from '../errors.ts';
import { settingsShape } from '../model.ts';
import type { ItemKey, TableItem } from '../ports.ts';
import { countShape, idShape, problemWith, textsShape } from '../state/shape.ts';
import type { Stored } from '../state/shape.ts';
import { checksumsShape } from './checksums.ts';

/** Version of the table's data model; a reader refuses a newer one. */
export const SCHEMA_VERSION = 1;

export const countsShape = v.object({ users: countShape, groups: countShape, memberships: countShape });
/** Items by kind. */
export type Counts = Stored<typeof countsShape>;
/** Of something that holds no items. */
export const NO_COUNTS: Counts = { users: 0, groups: 0, memberships: 0 };

export const snapshotObjectShape = v.object({
  /** Below the snapshot's folder, for instance `segment-0.ndjson.gz`. */
  name: v.string(),
  /** Size of the object as stored. */
  bytes: countShape,
  /** Of the object as stored; 64 hex digits. */
  sha256: v.string(),
  /** Items in it: one line of JSON each. */
  items: countShape,
});
/** One object of a run's snapshot; see snapshot/names.ts. */
export type SnapshotObject = Stored<typeof snapshotObjectShape>;

export const snapshotIndexShape = v.object({
  /** Below the snapshot's folder. */
  name: v.string(),
  /** Size and SHA-256 of the object as stored. */
  bytes: countShape,
  sha256: v.string(),
  /** The directory at its end, which vouches for everything that is read by range. */
  directory: v.object({ bytes: countShape, sha256: v.string() }),
});
/** The object that tells where in a snapshot each user is; see snapshot/index-format.ts. */
export type SnapshotIndex = Stored<typeof snapshotIndexShape>;

const hashShape = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

export const snapshotSettingsShape = v.object({
  /** Below the snapshot's folder. */
  name: v.string(),
  /** Size and SHA-256 of the object as stored. */
  bytes: countShape,
  sha256: hashShape,
});
/** The object of a snapshot that holds the pool's configuration; see pool-settings/kept.ts. */
export type SnapshotSettings = Stored<typeof snapshotSettingsShape>;

export const settingsRecordShape = v.object({
  /** Of the kept settings (see settingsHash); part of the keys of their items. */
  hash: hashShape,
  /** Items of the table under settingsKey, from 0 on, in which they lie. */
  items: countShape,
  /** How many parts of the pool's configuration could not be read. */
  leftOut: countShape,
  /** Present where the run could not read the configuration: it is that of an earlier run. */
  carriedOver: v.exactOptional(v.literal(true)),
  /** What differs from the last sealed run's: how many settings, and the names of the first. Absent where none were kept before. */
  changed: v.exactOptional(v.object({ count: countShape, names: textsShape })),
});
/** What a manifest says about the pool's configuration as its run kept it. */
export type SettingsRecord = Stored<typeof settingsRecordShape>;

export const safeguardsShape = v.object({
  deletionProtected: v.boolean(),
  /** Ids of AWS's own recoveries of the pool that had ended, or were to count as ended; absent: they could not be asked for. */
  recovered: v.exactOptional(textsShape),
});
/** How AWS itself guarded the pool when a run began. */
export type Safeguards = Stored<typeof safeguardsShape>;

export const uncountedShape = v.object({
  /** The attributes, and the users among the changed ones of whom nothing else was overwritten. */
  attributes: textsShape,
  users: countShape,
});
/** Changes that UncountedAttributes names as ordinary. */
export type Uncounted = Stored<typeof uncountedShape>;

export const manifestShape = v.object({
  runId: idShape,
  userPoolId: v.string(),
  poolSettings: settingsShape,
  counts: countsShape,
  checksums: checksumsShape,
  added: countsShape,
  changed: countsShape,
  deleted: countsShape,
  /** Absent where the parameter is empty, and in manifests of versions that did not tell. */
  uncounted: v.exactOptional(uncountedShape),
  /** Not exported: users of identity providers, and their memberships. */
  skipped: v.object({
    federatedUsers: countShape,
    federatedMemberships: countShape,
    /** Users whose items would be above DynamoDB's limit; of these, those whom the backup holds as an earlier run saw them. */
    tooLarge: v.exactOptional(countShape),
    tooLargeKept: v.exactOptional(countShape),
  }),
  /** Absent in manifests of versions that did not look. */
  safeguards: v.exactOptional(safeguardsShape),
  /** The pool's whole configuration; absent where it was not kept. */
  settings: v.exactOptional(settingsRecordShape),
  /** ISO 8601. */
  startedAt: v.string(),
  endedAt: v.string(),
  softwareVersion: v.string(),
  schemaVersion: countShape,
  /** The same items once more, as objects; absent when SnapshotRetentionDays was 0. */
  snapshot: v.exactOptional(
    v.object({
      objects: v.array(snapshotObjectShape),
      /** Absent in snapshots of versions before 2.1. */
      index: v.exactOptional(snapshotIndexShape),
      /** Absent where no settings were kept. */
      settings: v.exactOptional(snapshotSettingsShape),
    }),
  ),
  /**
   * Only in the manifest of a snapshot, never in the table: the run was refused by a guard, so that no table ever held
   * this; the name of the halt that refused it.
   */
  refused: v.exactOptional(v.string()),
});
/** The record of one complete export. It exists only when the run was sealed: counts and checksums then hold for the whole table. */
export type Manifest = Stored<typeof manifestShape>;

/** Key of a run's manifest in the table. */
export const manifestKey = (runId: string): ItemKey => ({ id: `EXPORT#${runId}`, type: 'MANIFEST' });
/** Names the last sealed run; for readers this pointer is the truth. */
export const LATEST_KEY: ItemKey = { id: 'EXPORT#LATEST', type: 'POINTER' };
/** Present while a run changes the table; names that run, and its plan (see OpenMarker). */
export const OPEN_KEY: ItemKey = { id: 'EXPORT#OPEN', type: 'MARKER' };

/** Key of one of the items that hold what the run is going to change; see digests/planned-changes.ts. */
export const changeDigestsKey = (runId: string, index: number): ItemKey => ({
  id: `EXPORT#${runId}`,
  type: `CHANGES#${String(index).padStart(5, '0')}`,
});

/** True for an item under such a key, of whatever run. */
export const isChangeDigests = ({ id, type }: ItemKey): boolean =>
  id.startsWith('EXPORT#') && type.startsWith('CHANGES#');

const SETTINGS = 'SETTINGS#';

/** Key of one of the items that hold a pool's configuration, by its hash; see pool-settings/kept.ts. */
export const settingsKey = (hash: string, index: number): ItemKey => ({
  id: SETTINGS + hash,
  type: `PART#${String(index).padStart(5, '0')}`,
});

/** The hash in such a key; undefined for any other. */
export const settingsHashOfKey = ({ id }: ItemKey): string | undefined =>
  id.startsWith(SETTINGS) ? id.slice(SETTINGS.length) : undefined;

export const openPlanShape = v.object({
  /** Items of the content that the plan changes. */
  changes: countShape,
  /** Items under changeDigestsKey, from 0 on, in which their digests lie. */
  items: countShape,
  /** Of all records one after the other; 64 hex digits. */
  sha256: v.string(),
});
/** What OPEN says about the plan that is being applied. */
export type OpenPlan = Stored<typeof openPlanShape>;

export const openMarkerShape = v.object({
  runId: idShape,
  /** ISO 8601. */
  openedAt: v.string(),
  /**
   * Present: nothing but this plan changes the table. Absent: the first export of a pool, which writes as it lists, or a
   * run of a version before 2.1 that was interrupted.
   */
  plan: v.exactOptional(openPlanShape),
});
/** What lies under OPEN_KEY. */
export type OpenMarker = Stored<typeof openMarkerShape>;

/** The manifest in an item that `manifestItem` made; Fault BadState when it is none. One of a newer data version is not looked into. */
export function manifestIn({ id, type: _type, ...manifest }: TableItem): Manifest {
  const newer = typeof manifest.schemaVersion === 'number' && manifest.schemaVersion > SCHEMA_VERSION;
  const problem = newer
    ? undefined
    : manifestKey(String(manifest.runId)).id === id
      ? problemWith(manifest, manifestShape)
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

/** What an item under OPEN_KEY says; undefined without an item, Fault BadState when it is damaged. */
export function openMarkerIn(item: TableItem | undefined): OpenMarker | undefined {
  const runId = runIdIn(item);
  if (item === undefined || runId === undefined) return undefined;
  const problem = item.plan === undefined ? undefined : problemWith(item.plan, openPlanShape);
  if (problem !== undefined) return damagedRecord(item.id, `of its plan, ${problem}`);
  return {
    runId,
    openedAt: String(item.openedAt),
    ...(item.plan === undefined ? {} : { plan: item.plan as OpenPlan }),
  };
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
