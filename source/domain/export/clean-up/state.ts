import * as v from 'valibot';
import { countsShape, snapshotObjectShape } from '../../backup/manifest.ts';
import { checksumsShape } from '../../backup/checksums.ts';
import { snapshotStateShape } from '../../backup/snapshot/write.ts';
import type { SnapshotParts } from '../../backup/snapshot/write.ts';
import { noCounts } from '../../backup/counts.ts';
import { newScan, scanProgressShape } from '../../backup/scan-segments.ts';
import { noContent } from '../../backup/tally.ts';
import type { BackupTable, ObjectStore, UserPoolReader, WakeQueue, WorkMessage } from '../../ports.ts';
import type { Progress } from '../../state/progress.ts';
import { countShape, onlyRead, textsShape } from '../../state/shape.ts';
import type { Stored } from '../../state/shape.ts';
import { chainShape, newChain } from '../../listing/page-chain.ts';
import type { Run } from '../run.ts';
import type { StepDeps } from '../../state/step.ts';
import { deletePlanShape } from './delete-plan.ts';

/** What BackupTableCleanup needs. */
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

const staysShape = v.object({
  counts: countsShape,
  checksums: checksumsShape,
  /** Of these, items that this run wrote. */
  written: countsShape,
});
/** What stays in the table: becomes the manifest. */
export type Stays = v.InferOutput<typeof staysShape>;

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
/** Memberships that seem gone although the run saw their user and their group, and the second listing of their groups. */
export type Doubtful = v.InferOutput<typeof doubtfulShape>;

const replicaLookShape = v.object({
  region: v.string(),
  state: v.picklist(['current', 'behind', 'unreachable']),
  /** The run that it names as the last sealed one, where that is another or it did not answer any more. */
  lastRunId: v.exactOptional(v.string()),
});
/** What the replica showed after the run was sealed. */
export type ReplicaLook = Stored<typeof replicaLookShape>;

export const cleanUpStateShape = v.object({
  phase: v.picklist(['scan', 'confirm', 'memberships', 'plan', 'delete', 'snapshot', 'seal', 'replica', 'sealed']),
  segments: v.pipe(scanProgressShape, v.minLength(1)),
  stays: staysShape,
  gone: v.object({ counts: countsShape, parts: textsShape }),
  /** Items that stay although something else than an export changed them. */
  damaged: countShape,
  confirm: v.object({ asked: countShape, present: textsShape }),
  doubtful: doubtfulShape,
  plan: v.exactOptional(onlyRead(deletePlanShape)),
  /** Absent when the run keeps no snapshot. */
  snapshot: v.exactOptional(
    v.object({
      state: snapshotStateShape,
      /** Those that are joined, by name. */
      objects: v.record(v.string(), onlyRead(snapshotObjectShape)),
    }),
  ),
  replica: v.exactOptional(onlyRead(replicaLookShape)),
});
/** Checkpoint of BackupTableCleanup. */
export type CleanUpState = v.InferOutput<typeof cleanUpStateShape>;

/** The clean-up before its first page; the scan gathers a snapshot where one is to be kept. */
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
  /** Where items that stay are gathered, in every phase; undefined when the run keeps no snapshot. */
  readonly snapshot: SnapshotParts | undefined;
  readonly sliceOver: () => boolean;
}

/** What stays although the run did not see it: subs of confirmed users, and `keyText` of memberships that a second listing showed. */
export const keptIn = ({ confirm, doubtful }: CleanUpState): ReadonlySet<string> =>
  new Set([...confirm.present, ...doubtful.present]);
