import type { Counts, Manifest } from '../../backup/manifest.ts';
import { noCounts } from '../../backup/counts.ts';
import type { Content } from '../../backup/tally.ts';
import { noContent } from '../../backup/tally.ts';
import { signInAttributeOf } from '../../model.ts';
import type { UserPoolDescription } from '../../model.ts';
import type {
  BackupTable,
  Clock,
  ImportJobs,
  ItemKey,
  Log,
  ObjectStore,
  TimeLeft,
  UserPoolReader,
  WakeQueue,
  WorkMessage,
} from '../../ports.ts';
import type { ImportOptions, RestorePlan } from '../plan/plan-model.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import type { KeptRun } from '../preflight/kept-run.ts';
import type { SealedBackup } from '../../backup/sealed-backup.ts';
import { creationIsAllowed } from '../preflight/triggers.ts';
import type { ChunkLimits } from './chunk-size.ts';
import type { Rules } from './classify.ts';
import type { Draft } from './cut-chunk.ts';
import type { SegmentSpoolState } from './segment-spool.ts';
import type { Tally } from './tally.ts';

/** What the scan was accepted as. */
export interface Accepted {
  readonly manifest: Manifest;
  /** Remarks for the report. */
  readonly notes?: readonly string[];
  readonly interrupted?: RestorePlan['interrupted'];
  readonly incomplete?: RestorePlan['incomplete'];
}

/** The new pool as it was when users were classified; the plan holds for that. */
export interface Target {
  readonly pool: UserPoolDescription;
  readonly header: readonly string[];
  readonly notes: readonly string[];
}

/** The backup as it was read: everybody with their memberships, in the spool. */
export interface ReadBackup {
  readonly accepted: Accepted;
  readonly counts: Counts;
  /** Memberships whose user is not in the backup. */
  readonly orphans: number;
  /** Objects of SpoolLine. */
  readonly parts: readonly string[];
}

/** Every user with the way in which it comes back. */
interface Classification {
  readonly accepted: Accepted;
  readonly backup: Counts;
  readonly target: Target;
  readonly tally: Omit<Tally, 'groups'>;
  /** Objects of Classified. */
  readonly parts: readonly string[];
}

/** What was read so far: all of it is in the spool. */
export type ReadContent = Required<Content>;

/** What a read begins with. */
export const nothingRead = (): ReadContent => ({ ...noContent(), written: noCounts(), damaged: 0 });

/** How far the table was read. */
export interface TableRead {
  readonly segments: readonly ({ readonly next?: ItemKey; readonly done: boolean } & SegmentSpoolState)[];
  readonly content: ReadContent;
  readonly orphans: number;
}

/** How far a snapshot was read, object by object. */
export interface SnapshotRead {
  readonly kept?: KeptRun;
  readonly objectsRead: number;
  readonly content: ReadContent;
  readonly orphans: number;
  readonly parts: readonly string[];
  /** Objects of memberships that wait for their user. */
  readonly held: readonly string[];
  /** Memberships among the kept items that found their user in a segment. */
  readonly joined: number;
}

/**
 * Progress of planning, step by step: the backup is read, from the table or from a snapshot; its users are classified and
 * ordered, chunks are cut, the plan is sealed. Each step's result is kept with what the later ones need. Counts, keys and
 * settings only.
 */
export type PlanningState =
  | ({ readonly step: 'readTable'; readonly before?: SealedBackup; readonly differsSince?: number } & TableRead)
  | ({ readonly step: 'readSnapshot' } & SnapshotRead)
  | ({ readonly step: 'classify' } & ReadBackup)
  | ({ readonly step: 'order' } & Classification)
  | ({ readonly step: 'chunks'; readonly draft: Draft } & Classification)
  | ({ readonly step: 'seal'; readonly draft: Draft } & Classification)
  | { readonly step: 'done' };

export type StateOf<S extends PlanningState['step']> = Extract<PlanningState, { readonly step: S }>;

export interface ScanTableInput {
  readonly restoreId: string;
  readonly options: ImportOptions;
  readonly tableName: string;
}

export interface ScanTableDeps {
  readonly pools: Pick<UserPoolReader, 'describe'>;
  readonly jobs: Pick<ImportJobs, 'csvHeader'>;
  readonly table: Pick<BackupTable, 'getItem' | 'scanPage'>;
  readonly objects: ObjectStore;
  readonly newUsers: Pick<WakeQueue<WorkMessage>, 'send'>;
  readonly updates: Pick<WakeQueue<WorkMessage>, 'send'>;
  readonly clock: Clock;
  readonly timeLeft: TimeLeft;
  /** Unique per invocation (the request id). */
  readonly claim: string;
  readonly log: Log;
  /** Other sizes of import jobs than CHUNK_LIMITS. */
  readonly limits?: ChunkLimits;
}

/** What the steps of one invocation share. */
export interface PlanningRun {
  readonly input: ScanTableInput;
  readonly deps: ScanTableDeps;
  readonly folder: string;
  /** True once the invocation should store its progress and return. */
  readonly stop: () => boolean;
}

export const folderOf = ({ restoreId, options }: ScanTableInput): string =>
  restoreFolder(options.newUserPoolId, restoreId);
/** Not the key of version 2.0.0, whose steps were others: a restore that was planned half by it is planned again. */
export const planningKey = (folder: string): string => `${folder}planning/progress.json`;
export const groupsKey = (folder: string): string => `${folder}groups.json`;
/** Subs of users who give way to another of the same name. */
export const losersKey = (folder: string): string => `${folder}planning/losers.json`;

/** Prefix of what one invocation writes to the spool for one step; a superseded invocation overwrites nothing. */
export const spoolPrefix = ({ folder, deps }: PlanningRun, step: 'read' | 'classified' | 'ordered'): string =>
  `${folder}spool/${step}/${deps.claim}-`;

/** What decides how users come back: settings of the new pool, of the old one, and what the operator asked for. */
export const rulesFor = (
  { options }: ScanTableInput,
  { manifest }: Accepted,
  target: Pick<Target, 'pool' | 'header'>,
): Rules => ({
  header: target.header,
  mfaFlag: target.pool.settings.mfaConfiguration === 'ON' ? 'true' : 'false',
  autoVerified: target.pool.settings.autoVerifiedAttributes,
  signInName: signInAttributeOf(manifest.poolSettings),
  schema: target.pool.settings.schema,
  restoreUnconfirmed: options.restoreUnconfirmed,
  mayCreateUsers: creationIsAllowed(options, target.pool.settings),
});
