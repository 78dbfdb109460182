import type { SnapshotObject } from '../../backup/manifest.ts';
import type { SnapshotParts, SnapshotState } from '../../backup/snapshot/write.ts';
import { noCounts } from '../../backup/counts.ts';
import type { MutableCounts } from '../../backup/counts.ts';
import { newScan } from '../../backup/scan-segments.ts';
import type { ScanProgress } from '../../backup/scan-segments.ts';
import { noContent } from '../../backup/tally.ts';
import type { Content } from '../../backup/tally.ts';
import type { BackupTable, ObjectStore, UserPoolReader, WakeQueue, WorkMessage } from '../../ports.ts';
import type { Progress } from '../../state/progress.ts';
import { newChain } from '../../listing/page-chain.ts';
import type { ChainState } from '../../listing/page-chain.ts';
import type { Run } from '../run.ts';
import type { StepDeps } from '../../state/step.ts';
import type { DeletePlan, KeyList } from './delete-plan.ts';

export interface CleanUpDeps extends StepDeps {
  readonly pool: Pick<UserPoolReader, 'describe' | 'listUsersPage' | 'listUsersInGroupPage'>;
  readonly table: Pick<
    BackupTable,
    'contentHashes' | 'putItems' | 'deleteItems' | 'getItem' | 'putItemIf' | 'scanPage' | 'transact'
  >;
  /** The table's replica in the backup Region. */
  readonly replica: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'read' | 'list' | 'write'>;
  readonly queue: WakeQueue<WorkMessage>;
}

/** What stays in the table: becomes the manifest. */
export interface Stays extends Pick<Content, 'counts' | 'checksums'> {
  /** Of these, items that this run wrote. */
  readonly written: MutableCounts;
}

/** Memberships that seem gone although the run saw their user and their group, and the second listing of their groups. */
export interface Doubtful {
  count: number;
  readonly parts: KeyList;
  /** Groups before this index are listed once more; `chain` is that of the group there. */
  next: number;
  chain: ChainState;
  pages: number;
  /** `keyText` of those that the second listing showed. */
  readonly present: string[];
}

/** Checkpoint of BackupTableCleanup. */
export interface CleanUpState {
  phase: 'scan' | 'confirm' | 'memberships' | 'plan' | 'delete' | 'snapshot' | 'seal' | 'replica' | 'sealed';
  readonly segments: ScanProgress;
  stays: Stays;
  readonly gone: { readonly counts: MutableCounts; readonly parts: KeyList };
  /** Items that stay although something else than an export changed them. */
  damaged: number;
  readonly confirm: { asked: number; readonly present: string[] };
  readonly doubtful: Doubtful;
  plan?: DeletePlan;
  /** Absent when the run keeps no snapshot. */
  readonly snapshot?: {
    readonly state: SnapshotState;
    /** Those that are joined, by name. */
    readonly objects: Record<string, SnapshotObject>;
  };
  replica?: ReplicaLook;
}

/** What the replica showed after the run was sealed. */
export interface ReplicaLook {
  readonly region: string;
  readonly state: 'current' | 'behind' | 'unreachable';
  /** The run that it names as the last sealed one, where that is another or it did not answer any more. */
  readonly lastRunId?: string;
}

export const newCleanUp = ({ keepSnapshot }: { readonly keepSnapshot: boolean }): CleanUpState => ({
  phase: 'scan',
  segments: newScan(),
  stays: { ...noContent(), written: noCounts() },
  gone: { counts: noCounts(), parts: [] },
  damaged: 0,
  confirm: { asked: 0, present: [] },
  doubtful: { count: 0, parts: [], next: 0, chain: newChain(), pages: 0, present: [] },
  ...(keepSnapshot ? { snapshot: { state: {}, objects: {} } } : {}),
});

/** One invocation's view of the clean-up. */
export interface CleanUp {
  readonly deps: CleanUpDeps;
  readonly run: Run;
  readonly progress: Progress<CleanUpState>;
  /** Where items that stay are gathered; undefined when the run keeps no snapshot. */
  readonly snapshot: SnapshotParts | undefined;
  readonly sliceOver: () => boolean;
}

/** What gathers the snapshot, where there is one, for Progress.storeWith. */
export const appendixOf = (snapshot: SnapshotParts | undefined): SnapshotParts[] =>
  snapshot === undefined ? [] : [snapshot];

/** What stays although the run did not see it: subs of confirmed users, and `keyText` of memberships that a second listing showed. */
export const keptIn = ({ confirm, doubtful }: CleanUpState): ReadonlySet<string> =>
  new Set([...confirm.present, ...doubtful.present]);
