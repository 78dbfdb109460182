import * as v from 'valibot';
import { checksumsShape } from '../../backup/checksums.ts';
import { noCounts } from '../../backup/counts.ts';
import { countsShape, manifestShape, openMarkerShape, snapshotObjectShape } from '../../backup/manifest.ts';
import { newScan, scanProgressShape } from '../../backup/scan-segments.ts';
import { snapshotStateShape } from '../../backup/snapshot/write.ts';
import type { OpenPlanReader } from '../../digests/open-plan.ts';
import { noTableContent, tableContentShape } from '../../digests/table-tally.ts';
import type { BackupTable, Clock, Log, ObjectStore, TimeLeft } from '../../ports.ts';
import type { Progress } from '../../state/progress.ts';
import { countShape, idShape, onlyRead, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import type { TellProgress } from '../../state/work-figures.ts';
import type { LookEvent, VerifyEvent } from '../verify-event.ts';

/** The Region whose table is verified, and what the state machine knows already. */
export interface VerifyBackupInput extends LookEvent {
  readonly tableName: string;
  /** The Region of this execution. */
  readonly region: string;
  readonly primaryRegion: string;
  /** Days for which snapshots are kept; 0: none are. */
  readonly retentionDays: number;
}

/** What VerifyBackup needs: it reads tables, and writes objects only. */
export interface VerifyBackupDeps {
  /** The Region's replica. */
  readonly table: Pick<BackupTable, 'getItem' | 'scanPage'>;
  /** The primary Region's replica, as seen from the backup Region; absent in the primary Region. May be unreachable. */
  readonly primary?: Pick<BackupTable, 'getItem'>;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Unique per invocation (the request id). */
  readonly claim: string;
  /** See ProgressDeps. */
  readonly tell?: TellProgress;
  readonly timeLeft: TimeLeft;
}

const heldShape = v.object({ counts: countsShape, checksums: checksumsShape, damaged: countShape });
/** What the items of the table, or of a snapshot, add up to, damaged ones counted. */
export type Held = v.InferOutput<typeof heldShape>;

const foundShape = v.object({
  ...tableContentShape.entries,
  /** Of these, items that the last sealed run wrote. */
  written: countsShape,
  segments: v.pipe(scanProgressShape, v.minLength(1)),
});
/** What a scan of the whole table found. */
export type Found = v.InferOutput<typeof foundShape>;

const snapshotCheckShape = v.object({
  /** Names of the objects that are to be read. */
  chosen: onlyRead(textsShape),
  /** Objects of the snapshot altogether. */
  of: countShape,
  /** Of `chosen`, how many were read. */
  read: countShape,
  /** Where the next verification of a share begins. */
  next: countShape,
  content: heldShape,
  /** What was found wrong, one sentence per object. */
  damage: textsShape,
});
/** Progress of the snapshot's check. */
export type SnapshotCheck = v.InferOutput<typeof snapshotCheckShape>;

const skippedShape = v.picklist(['alreadyVerified', 'runOpen', 'nothingSealed']);
/** How an execution ended that verified nothing. */
export type Skipped = v.InferOutput<typeof skippedShape>;

const verifyBackupResultShape = v.object({
  done: v.boolean(),
  /** True when a second look is due after a while. */
  again: v.boolean(),
  /** Looks so far that found a difference. */
  differences: countShape,
  /** True when there was nothing to do: nobody is told. */
  skipped: v.boolean(),
  /** True when a user pool is to be compared now. */
  comparePool: v.boolean(),
  why: v.exactOptional(skippedShape),
  runId: v.exactOptional(v.string()),
  counts: v.exactOptional(countsShape),
  /** Objects of the newest snapshot: read and in order, and how many there are. */
  objects: v.exactOptional(v.object({ read: countShape, of: countShape })),
  percent: v.exactOptional(v.number()),
  notes: v.exactOptional(textsShape),
});
/** What the state machine sees: counts, run ids and names of objects. */
export type VerifyBackupResult = Stored<typeof verifyBackupResultShape>;

const lookShape = v.object({
  /** The run under look. */
  runId: idShape,
  /** The run that is being applied to the table. */
  open: v.exactOptional(openMarkerShape),
  /** Whether the run's snapshot is to be written from the scan. */
  writesSnapshot: v.boolean(),
  /** What that run sealed. */
  counts: v.exactOptional(countsShape),
  /** Present where the primary Region's table could not be asked. */
  primary: v.exactOptional(v.literal('unreachable')),
});

export const backupStateShape = v.object({
  phase: v.picklist(['look', 'scan', 'write', 'snapshot', 'done']),
  look: v.exactOptional(onlyRead(lookShape)),
  found: foundShape,
  /** What the scan gathered for the snapshot, by object. */
  parts: snapshotStateShape,
  /** Objects of the snapshot that are written. */
  objects: v.array(onlyRead(snapshotObjectShape)),
  /** The sealed manifest, once the table was found to match it. */
  manifest: v.exactOptional(onlyRead(manifestShape)),
  /** What the last difference was about. */
  differed: v.exactOptional(v.string()),
  /** Differences so far. */
  differences: countShape,
  /** Scans during which an export changed the table. */
  moves: countShape,
  snapshot: v.exactOptional(snapshotCheckShape),
  notes: textsShape,
  result: v.exactOptional(onlyRead(verifyBackupResultShape)),
});
/** Checkpoint of VerifyBackup, changed in place. */
export type BackupState = v.InferOutput<typeof backupStateShape>;

/** What a scan begins with; `underPlan`: it is held against the plan that is being applied. */
export const nothingFound = ({ underPlan = false } = {}): Found => ({
  ...noTableContent({ underPlan }),
  written: noCounts(),
  segments: newScan(),
});

/** The checkpoint before the first look. */
export const newState = (): BackupState => ({
  phase: 'look',
  found: nothingFound(),
  parts: {},
  objects: [],
  differences: 0,
  moves: 0,
  notes: [],
});

/** Begins the look again: nothing of an earlier scan counts. */
export function forgetScan(state: BackupState): void {
  Object.assign(state, { phase: 'look', found: nothingFound(), parts: {}, objects: [] });
  delete state.look;
}

/** One invocation's view of the verification. */
export interface Verification {
  readonly input: VerifyBackupInput;
  readonly deps: VerifyBackupDeps;
  readonly progress: Progress<BackupState>;
  readonly folder: string;
  /** Plans that are being applied to the table. */
  readonly plans: OpenPlanReader;
  readonly sliceOver: () => boolean;
}

/** Nobody waits for the answer: where there is nothing to verify, nobody is told. */
export const isScheduled = ({ options }: VerifyEvent): boolean => options.trigger === 'Schedule';
/** The table is a replica, and its snapshot is written by the verification. */
export const inBackupRegion = ({ region, primaryRegion }: VerifyBackupInput): boolean => region !== primaryRegion;
