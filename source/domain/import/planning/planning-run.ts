import type { SnapshotObjects } from '../../backup/snapshot/place.ts';
import { signInAttributeOf } from '../../model.ts';
import type { PoolSettings } from '../../model.ts';
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
import type { TellProgress } from '../../state/work-figures.ts';
import type { OpenPlanReader } from '../../digests/open-plan.ts';
import { requiredMfaOf } from '../csv/mfa-sign-in.ts';
import type { FederatedMode } from '../plan/identity-plan.ts';
import { REPORT_ROLES } from '../plan/group-roles.ts';
import type { GroupRoleRules, RoleMapAsked } from '../plan/group-roles.ts';
import { restoreFolder } from '../plan/plan-model.ts';
import type { ImportOptions } from '../plan/plan-model.ts';
import type { ChunkLimits } from './chunk-size.ts';
import type { Rules } from './classify.ts';
import type { KeepsLine } from './segment-spool.ts';
import type { Accepted, RestoreTarget } from './planning-state.ts';

/** The restore that is to be planned, and the table that holds its backup. */
export interface ScanTableInput {
  readonly restoreId: string;
  readonly options: ImportOptions;
  readonly tableName: string;
  /** What the execution's start found: see OpenedRestore. */
  readonly mayCreateUsers?: boolean;
  readonly recreateMissing?: boolean;
  readonly openedAt?: string;
  /** Which IAM roles groups may get; none where it is absent. */
  readonly groupRoles?: GroupRoleRules;
  /** The pool is a drill's own, without identity providers. */
  readonly inDrill?: boolean;
}

/** What planning needs: it reads the pools and the backup, and writes objects and messages. */
export interface ScanTableDeps {
  readonly pools: UserPoolReader;
  readonly jobs: Pick<ImportJobs, 'csvHeader'>;
  readonly table: Pick<BackupTable, 'getItem' | 'scanPage'>;
  readonly objects: ObjectStore;
  /** What SnapshotPrefix names; absent without one. */
  readonly snapshots?: SnapshotObjects;
  readonly newUsers: Pick<WakeQueue<WorkMessage>, 'send'>;
  readonly updates: Pick<WakeQueue<WorkMessage>, 'send'>;
  readonly clock: Clock;
  readonly timeLeft: TimeLeft;
  /** Unique per invocation (the request id). */
  readonly claim: string;
  /** See ProgressDeps. */
  readonly tell?: TellProgress;
  readonly log: Log;
  /** A text that nobody can guess, another one at each call. */
  readonly newSecret: () => string;
  /** What is done about users of identity providers. */
  readonly federatedUsers: FederatedMode;
  /** Other sizes of import jobs than CHUNK_LIMITS. */
  readonly limits?: ChunkLimits;
}

/** What the steps of one invocation share. */
export interface PlanningRun {
  readonly input: ScanTableInput;
  readonly deps: ScanTableDeps;
  readonly folder: string;
  /** Plans that are being applied to the table. */
  readonly plans: OpenPlanReader;
  /** True once the invocation should store its progress and return. */
  readonly stop: () => boolean;
  /** Which lines of the backup are wanted; all of them where it is absent. */
  readonly keeps?: KeepsLine;
}

/** Everything of the restore lies below it. */
export const folderOf = ({ restoreId, options }: ScanTableInput): string =>
  restoreFolder(options.newUserPoolId, restoreId);
/** Not the key of version 2.0.0, whose steps were others: a restore that was planned half by it is planned again. */
export const planningKey = (folder: string): string => `${folder}planning/progress.json`;
/** The groups in the order in which the plan numbers them. */
export const plannedGroupsKey = (folder: string): string => `${folder}groups.json`;
/** Subs of users who give way to another of the same name. */
export const losersKey = (folder: string): string => `${folder}planning/losers.json`;
/** Subs of users who sign in by their other address; only of a pool in which users sign in by either. */
export const byOtherAddressKey = (folder: string): string => `${folder}planning/by-other-address.json`;
/** Users who give way to others by aliases only. */
export const aliasLosersKey = (folder: string): string => `${folder}planning/alias-losers.json`;

/** Who must enrol a second factor or cannot sign in: of a plan, and of a backup that the new pool was refused for. */
export const mfaReportKey = (folder: string): string => `${folder}report/mfa.csv`;

/** Prefix of what one invocation writes to the spool for one step; a superseded invocation overwrites nothing. */
export const spoolPrefix = ({ folder, deps }: PlanningRun, step: 'read' | 'classified' | 'ordered'): string =>
  `${folder}spool/${step}/${deps.claim}-`;

/** What decides how users come back: settings of the new pool, of the old one, and what the operator asked for. */
export const rulesFor = (
  { options }: ScanTableInput,
  { manifest }: Accepted,
  target: Pick<RestoreTarget, 'pool' | 'header'>,
): Rules => ({
  header: target.header,
  mfaFlag: target.pool.settings.mfaConfiguration === 'ON' ? 'true' : 'false',
  autoVerified: target.pool.settings.autoVerifiedAttributes,
  signInName: signInAttributeOf(manifest.poolSettings),
  schema: target.pool.settings.schema,
  sourceSchema: manifest.poolSettings.schema,
  sourceVerified: manifest.poolSettings.autoVerifiedAttributes,
  aliases: target.pool.settings.aliasAttributes,
  ...recoveryOf(target),
  ...mfaOf(target),
  restoreUnconfirmed: options.restoreUnconfirmed,
  runStartedAt: manifest.startedAt,
});

/** The map of roles that the execution names. */
export const roleMapAsked = ({ options, groupRoles = REPORT_ROLES }: ScanTableInput): RoleMapAsked => ({
  key: options.groupRoleMap,
  region: regionOfPool(options.newUserPoolId),
  rules: groupRoles,
});

/** A pool's id begins with its Region. */
const regionOfPool = (poolId: string): string => poolId.slice(0, poolId.indexOf('_'));

function mfaOf({ pool }: Pick<RestoreTarget, 'pool'>): Pick<Rules, 'mfa'> {
  const mfa = requiredMfaOf(pool.settings);
  return mfa === undefined ? {} : { mfa };
}

/** What the new pool offers to who has no password, as far as it has a setting for it. */
export const recoveryOf = ({ pool }: Pick<RestoreTarget, 'pool'>): Pick<PoolSettings, 'recoveryMechanisms'> =>
  pool.settings.recoveryMechanisms === undefined ? {} : { recoveryMechanisms: pool.settings.recoveryMechanisms };
