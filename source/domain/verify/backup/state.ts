import type { Counts, Manifest, SnapshotObject } from '../../backup/manifest.ts';
import { noCounts } from '../../backup/counts.ts';
import type { MutableCounts } from '../../backup/counts.ts';
import type { SnapshotState } from '../../backup/snapshot/write.ts';
import { noContent } from '../../backup/tally.ts';
import type { Content } from '../../backup/tally.ts';
import type { BackupTable, Clock, Log, ObjectStore, TimeLeft } from '../../ports.ts';
import type { Progress } from '../../state/progress.ts';
import { newScan } from '../../backup/scan-segments.ts';
import type { ScanProgress } from '../../backup/scan-segments.ts';
import type { LookEvent, VerifyEvent } from '../verify-event.ts';

export interface VerifyBackupInput extends LookEvent {
  readonly tableName: string;
  /** The Region of this execution. */
  readonly region: string;
  readonly primaryRegion: string;
  /** Days for which snapshots are kept; 0: none are. */
  readonly retentionDays: number;
}

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
  readonly timeLeft: TimeLeft;
}

/** What the items of the table, or of a snapshot, add up to, damaged ones counted. */
export interface Held extends Content {
  damaged: number;
}

/** What a scan of the whole table found. */
export interface Found extends Held {
  /** Of these, items that the last sealed run wrote. */
  readonly written: MutableCounts;
  readonly segments: ScanProgress;
}
const nothingFound = (): Found => ({
  ...noContent(),
  damaged: 0,
  written: noCounts(),
  segments: newScan(),
});

/** Begins the look again: nothing of an earlier scan counts. */
export function forgetScan(state: BackupState): void {
  Object.assign(state, { phase: 'look', found: nothingFound(), parts: {}, objects: [] });
  delete state.look;
}

/** Progress of the snapshot's check. */
export interface SnapshotCheck {
  /** Names of the objects that are to be read. */
  readonly chosen: readonly string[];
  /** Objects of the snapshot altogether. */
  readonly of: number;
  /** Of `chosen`, how many were read. */
  read: number;
  /** Where the next verification of a share begins. */
  readonly next: number;
  readonly content: Held;
  /** What was found wrong, one sentence per object. */
  readonly damage: string[];
}

/** How an execution ended that verified nothing. */
export type Skipped = 'alreadyVerified' | 'runOpen' | 'nothingSealed';

/** What the state machine sees: counts, run ids and names of objects. */
export interface VerifyBackupResult {
  readonly done: boolean;
  /** True when a second look is due after a while. */
  readonly again: boolean;
  /** Looks so far that found a difference. */
  readonly differences: number;
  /** True when there was nothing to do: nobody is told. */
  readonly skipped: boolean;
  /** True when a user pool is to be compared now. */
  readonly comparePool: boolean;
  readonly why?: Skipped;
  readonly runId?: string;
  readonly counts?: Counts;
  /** Objects of the newest snapshot: read and in order, and how many there are. */
  readonly objects?: { readonly read: number; readonly of: number };
  readonly percent?: number;
  readonly notes?: readonly string[];
}

/** Checkpoint of VerifyBackup. */
export interface BackupState {
  phase: 'look' | 'scan' | 'write' | 'snapshot' | 'done';
  /** The run under look, and whether its snapshot is to be written from the scan. */
  look?: { readonly runId: string; readonly writesSnapshot: boolean };
  found: Found;
  /** What the scan gathered for the snapshot, by object. */
  parts: SnapshotState;
  /** Objects of the snapshot that are written. */
  objects: SnapshotObject[];
  /** The sealed manifest, once the table was found to match it. */
  manifest?: Manifest;
  /** What the last difference was about. */
  differed?: string;
  /** Differences so far. */
  differences: number;
  /** Scans during which an export changed the table. */
  moves: number;
  snapshot?: SnapshotCheck;
  readonly notes: string[];
  result?: VerifyBackupResult;
}

export const newState = (): BackupState => ({
  phase: 'look',
  found: nothingFound(),
  parts: {},
  objects: [],
  differences: 0,
  moves: 0,
  notes: [],
});

/** One invocation's view of the verification. */
export interface Verification {
  readonly input: VerifyBackupInput;
  readonly deps: VerifyBackupDeps;
  readonly progress: Progress<BackupState>;
  readonly folder: string;
  readonly sliceOver: () => boolean;
}

export const isScheduled = ({ options }: VerifyEvent): boolean => options.trigger === 'Schedule';
export const inBackupRegion = ({ region, primaryRegion }: VerifyBackupInput): boolean => region !== primaryRegion;
