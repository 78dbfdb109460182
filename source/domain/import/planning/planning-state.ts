import type { Manifest } from '../../backup/manifest.ts';
import { signInNameOf } from '../../model.ts';
import type { UserPoolDescription } from '../../model.ts';
import type {
  BackupTable,
  Clock,
  ImportJobs,
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
import type { ScanState } from './scan.ts';
import type { Tally } from './tally.ts';
import type { Draft } from './unit.ts';

/** What the scan was accepted as. */
export interface Accepted {
  readonly manifest: Manifest;
  /** Remarks for the report. */
  readonly notes?: readonly string[];
  readonly interrupted?: RestorePlan['interrupted'];
  readonly incomplete?: RestorePlan['incomplete'];
}

/** The new pool as it was when the survey looked at it; the plan holds for that. */
export interface Target {
  readonly pool: UserPoolDescription;
  readonly header: readonly string[];
  readonly notes: readonly string[];
}

/** Progress of planning, step by step; each step's result is kept with what the later ones need. Counts, keys and settings only. */
export type PlanningState =
  | { readonly step: 'scan'; readonly before?: SealedBackup; readonly scan: ScanState; readonly differsSince?: number }
  /** Instead of the scan, where a kept run is restored: `scan` has one segment per object that was read. */
  | {
      readonly step: 'snapshot';
      readonly kept?: KeptRun;
      readonly scan: ScanState;
      readonly held: readonly string[];
      readonly joined: number;
    }
  | { readonly step: 'survey'; readonly scan: ScanState; readonly accepted: Accepted }
  | { readonly step: 'tally'; readonly scan: ScanState; readonly accepted: Accepted; readonly target: Target }
  | {
      readonly step: 'chunks';
      readonly scan: ScanState;
      readonly accepted: Accepted;
      readonly target: Target;
      readonly tally: Omit<Tally, 'groups'>;
      readonly parts: readonly string[];
      readonly draft: Draft;
    }
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
export const planningKey = (folder: string): string => `${folder}planning/state.json`;
export const groupsKey = (folder: string): string => `${folder}groups.json`;
/** Groups as the scan found them, before they are counted and sorted. */
export const foundGroupsKey = (folder: string): string => `${folder}planning/groups.json`;
export const losersKey = (folder: string): string => `${folder}planning/losers.json`;

export const mfaFlag = ({ pool }: Target): 'true' | 'false' =>
  pool.settings.mfaConfiguration === 'ON' ? 'true' : 'false';

export const rulesFor = ({ options }: ScanTableInput, { manifest }: Accepted, target: Target): Rules => ({
  header: target.header,
  mfaFlag: mfaFlag(target),
  autoVerified: target.pool.settings.autoVerifiedAttributes,
  signInName: signInNameOf(manifest.poolSettings),
  schema: target.pool.settings.schema,
  restoreUnconfirmed: options.restoreUnconfirmed,
  mayCreateUsers: creationIsAllowed(options, target.pool.settings),
});
