import * as v from 'valibot';
import {
  countsShape,
  settingsRecordShape,
  snapshotIndexShape,
  snapshotObjectShape,
  snapshotSettingsShape,
  uncountedShape,
} from '../../backup/manifest.ts';
import { checksumsShape } from '../../backup/checksums.ts';
import { snapshotStateShape } from '../../backup/snapshot/write.ts';
import type { SnapshotParts } from '../../backup/snapshot/write.ts';
import { noCounts } from '../../backup/counts.ts';
import { itemKeyShape } from '../../backup/items.ts';
import { newScan, scanProgressShape } from '../../backup/scan-segments.ts';
import { noContent } from '../../backup/tally.ts';
import type { BackupTable, ObjectStore, UserPoolReader, WakeQueue, WorkMessage } from '../../ports.ts';
import { groupShape } from '../../model.ts';
import type { Progress } from '../../state/progress.ts';
import { countShape, onlyRead, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { chainShape, newChain } from '../../listing/page-chain.ts';
import type { Run } from '../run.ts';
import { stagedShape } from '../staging.ts';
import { tooLargeShape } from '../too-large.ts';
import type { StepDeps } from '../../state/step.ts';
import { metShape } from './met-items.ts';
import { planBatchShape } from './plan-batches.ts';

/** What BackupTableCleanup needs. */
export interface CleanUpDeps extends StepDeps {
  readonly pool: Pick<
    UserPoolReader,
    'describe' | 'recoveries' | 'listUsersPage' | 'listGroupsPage' | 'listUsersInGroupPage'
  >;
  readonly table: Pick<
    BackupTable,
    'contentHashes' | 'itemsOf' | 'putItems' | 'deleteItems' | 'getItem' | 'putItemIf' | 'scanPage' | 'transact'
  >;
  /** The table's replica in the backup Region. */
  readonly replica: Pick<BackupTable, 'getItem'>;
  readonly objects: Pick<ObjectStore, 'get' | 'put' | 'read' | 'list' | 'write' | 'tagAll'>;
  readonly queue: WakeQueue<WorkMessage>;
  /** Whether a selection was begun since that restores single users and groups into this pool. */
  readonly selectedSince: (since: number, poolId: string) => Promise<boolean>;
}

const staysShape = v.object({
  counts: countsShape,
  checksums: checksumsShape,
  /** Of these, items that this run wrote. */
  written: countsShape,
});
/** What stays in the table, and from the plan on what it then holds: becomes the manifest. */
export type Stays = v.InferOutput<typeof staysShape>;

/** Memberships that seem gone although the run saw their user and their group, and the second listing of their groups. */
const doubtfulShape = v.object({
  count: countShape,
  parts: textsShape,
  /** Groups before this index are listed once more; `chain` is that of the group there. */
  next: countShape,
  chain: chainShape,
  pages: countShape,
  /** `keyText` of those that the second listing showed. */
  present: textsShape,
});

const hiddenShape = v.object({
  chain: chainShape,
  /** Those that the second listing showed; one that a restarted listing showed again comes again. */
  groups: v.array(onlyRead(groupShape)),
});

const replicaLookShape = v.object({
  region: v.string(),
  state: v.picklist(['current', 'behind', 'unreachable']),
  /** The run that it names as the last sealed one, where that is another or it did not answer any more. */
  lastRunId: v.exactOptional(v.string()),
});
/** What the replica showed after the run was sealed. */
export type ReplicaLook = Stored<typeof replicaLookShape>;

const changePlanShape = v.object({
  /** Staged parts, and objects of gone keys, before these are planned. */
  next: countShape,
  nextGone: countShape,
  /** Of the gone keys, those that were planned or stay. */
  goneRead: countShape,
  added: countsShape,
  changed: countsShape,
  deleted: countsShape,
  batches: v.array(onlyRead(planBatchShape)),
});
/** What the run is going to change in the table. */
export type ChangePlan = v.InferOutput<typeof changePlanShape>;

/**
 * scan to groups find out what is to be done, plan and snapshot prepare it, guard decides; only open and apply change
 * the content of the table. seal, tidy and replica end the run. listAgain gives it up for a new one.
 */
const PHASES = [
  'scan',
  'confirm',
  'memberships',
  'groups',
  'plan',
  'snapshot',
  'guard',
  'listAgain',
  'open',
  'apply',
  'seal',
  'tidy',
  'replica',
  'sealed',
] as const;

export const cleanUpStateShape = v.object({
  phase: v.picklist(PHASES),
  segments: v.pipe(scanProgressShape, v.minLength(1)),
  /** Scanned items that the run saw and did not stage. */
  unstaged: countShape,
  stays: staysShape,
  /** Of the scanned items that stay, those that this run or an interrupted one wrote without a plan (see RunFacts.unsealedRuns). */
  writtenBefore: countsShape,
  /** Staged items that the table holds already. */
  met: metShape,
  gone: v.object({ counts: countsShape, parts: textsShape }),
  /** Items with the digests of earlier plans, and earlier settings of the pool, which are of no more use. */
  stale: v.array(onlyRead(itemKeyShape)),
  /** Items that stay although something else than an export changed them. */
  damaged: countShape,
  confirm: v.object({ asked: countShape, present: textsShape }),
  doubtful: doubtfulShape,
  /** Groups that seem gone, and the second listing of all groups. */
  hidden: hiddenShape,
  /** Users whom the table cannot hold: those that the second look showed, and subs of those who stay as they are in the table. */
  tooLarge: v.object({ found: tooLargeShape, kept: textsShape }),
  /** Users who were confirmed and differ from the stored ones: behind what the listing staged. */
  staged: stagedShape,
  plan: changePlanShape,
  /** Of the plan, once it was judged. */
  uncounted: v.exactOptional(onlyRead(uncountedShape)),
  /** Absent when the run keeps no snapshot. */
  snapshot: v.exactOptional(
    v.object({
      state: snapshotStateShape,
      /** Those that are joined, by name. */
      objects: v.record(v.string(), onlyRead(snapshotObjectShape)),
      /** Written behind them. */
      index: v.exactOptional(onlyRead(snapshotIndexShape)),
      settings: v.exactOptional(onlyRead(snapshotSettingsShape)),
    }),
  ),
  /** What the run has kept of the pool's configuration. */
  settings: v.exactOptional(onlyRead(settingsRecordShape)),
  replica: v.exactOptional(onlyRead(replicaLookShape)),
});
/** Checkpoint of BackupTableCleanup. */
export type CleanUpState = v.InferOutput<typeof cleanUpStateShape>;

/** The clean-up before its first page; the scan gathers a snapshot where one is to be kept. `phase`: where the rest is done already. */
export const newCleanUp = (
  { keepSnapshot }: { readonly keepSnapshot: boolean },
  phase: CleanUpState['phase'] = 'scan',
): CleanUpState => ({
  phase,
  segments: newScan(),
  unstaged: 0,
  stays: { ...noContent(), written: noCounts() },
  writtenBefore: noCounts(),
  met: [],
  stale: [],
  staged: [],
  tooLarge: { found: [], kept: [] },
  plan: {
    next: 0,
    nextGone: 0,
    goneRead: 0,
    added: noCounts(),
    changed: noCounts(),
    deleted: noCounts(),
    batches: [],
  },
  gone: { counts: noCounts(), parts: [] },
  damaged: 0,
  confirm: { asked: 0, present: [] },
  doubtful: { count: 0, parts: [], next: 0, chain: newChain(), pages: 0, present: [] },
  hidden: { chain: newChain(), groups: [] },
  ...(keepSnapshot ? { snapshot: { state: {}, objects: {} } } : {}),
});

/** One invocation's view of the clean-up. */
export interface CleanUp {
  readonly deps: CleanUpDeps;
  readonly run: Run;
  readonly progress: Progress<CleanUpState>;
  /** Where items that stay are gathered, in every phase; undefined when the run keeps no snapshot. */
  readonly snapshot: SnapshotParts | undefined;
  readonly sliceOver: () => boolean;
}
