import type { SchemaAttribute, SignInName } from '../../model.ts';
import type { Counts } from '../../backup/manifest.ts';

/**
 * The binding plan of one restore and the objects it names. All live in the bucket of the Region that restores, below
 * `restores/<NewUserPoolId>/`: they hold personal data. `ScanTable` writes them, `ImportUsers` and `UpdateUsers` carry
 * them out.
 */

/** What the operator may give besides NewUserPoolId; defaults filled in. */
export interface ImportOptions {
  readonly newUserPoolId: string;
  readonly allowSourcePool: boolean;
  readonly allowTriggers: boolean;
  readonly restoreUnconfirmed: boolean;
  readonly acceptIncomplete: boolean;
  readonly dryRun: boolean;
  /** Overrides the stack's CognitoTPS, 1 to 25. */
  readonly cognitoTps?: number;
  /** Another table than the stack's: recovered by PITR or retained by an earlier launch. */
  readonly backupTableName?: string;
  /** Restores exactly this run, from the snapshot that this Region keeps of it, instead of the table. */
  readonly exportRun?: string;
}

/** A user as it is to be restored. One JSON line per user in chunk and creation files. */
export interface RestoreUser {
  /** `sub` in the backup. */
  readonly sub: string;
  /** What goes into `cognito:username`: the username, or the value of the pool's username attribute. */
  readonly name: string;
  /** Without `sub`, `identities` and empty values (Cognito keeps no empty attribute). */
  readonly attributes: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly status: string;
  /** Indexes into the plan's groups. */
  readonly groups: readonly number[];
}

/** Why a user is left out, by rule; such users are in failures.csv and never count as restored. */
export type Exclusion =
  'Unconfirmed' | 'TriggersWouldFire' | 'NoSignInName' | 'NameCollision' | 'BadUsername' | 'BadAttribute' | 'Federated';

export interface ExcludedUser {
  readonly sub: string;
  readonly name: string;
  readonly reason: Exclusion;
  /** One sentence without other users' data. */
  readonly detail: string;
}

/** Users of one import job, at most 50,000 and 90 MB of CSV. */
export interface ChunkPlan {
  /** 0, 1, 2, ...; the first holds the members of the smallest groups. */
  readonly index: number;
  /** NDJSON of RestoreUser in CSV order. */
  readonly key: string;
  readonly users: number;
  readonly csvBytes: number;
}

/** One step of UpdateUsers. */
export type UpdateOp =
  /** AdminCreateUser + AdminSetUserPassword, for a user that the CSV cannot carry. */
  | { readonly op: 'create'; readonly user: RestoreUser; readonly why: string }
  | { readonly op: 'disable'; readonly sub: string; readonly name: string }
  | { readonly op: 'add'; readonly sub: string; readonly name: string; readonly group: number }
  /** CreateGroup (also done by the first `add` that needs it). */
  | { readonly op: 'group'; readonly group: number };

/**
 * At most 500 operations; NDJSON of UpdateOp. A chunk's batches hold its `disable` operations first, then its `add`
 * operations ordered by group, so that creating groups and filling them overlap. In a batch of users created one by one
 * each `create` is followed by that user's `disable` and `add` operations, all in the same batch: the order within one
 * user must be kept.
 */
export interface BatchPlan {
  readonly index: number;
  readonly key: string;
  readonly ops: number;
  /** Released when this chunk has its final result; `null`: released at once (users created one by one, empty groups). */
  readonly chunk: number | null;
}

export interface PlannedGroup {
  readonly name: string;
  readonly description?: string;
  readonly precedence?: number;
  /** Reported, never set. */
  readonly roleArn?: string;
  readonly members: number;
}

export interface RestorePlan {
  readonly restoreId: string;
  readonly newUserPoolId: string;
  readonly newUserPoolName: string;
  readonly options: ImportOptions;
  /** The sealed run that is restored, and the pool that it came from. */
  readonly runId: string;
  readonly sourceUserPoolId: string;
  readonly tableName: string;
  /** An interrupted export found at planning: its run id and how many items carry it. */
  readonly interrupted?: { readonly runId: string; readonly items: number };
  /** Differences from the manifest that AcceptIncomplete let pass. */
  readonly incomplete?: {
    readonly expected: Counts;
    readonly found: Counts;
    readonly differingBuckets: number;
    readonly damagedItems: number;
  };
  readonly signInName: SignInName;
  /** GetCSVHeader's answer. */
  readonly csvHeader: readonly string[];
  readonly mfaFlag: 'true' | 'false';
  /** Whether the new pool tells names apart by case; goes into every name digest (see comparison/matching.ts). */
  readonly caseSensitive: boolean;
  /**
   * False: the new pool has triggers that AdminCreateUser would fire and AllowTriggers was not given. Then nobody is
   * created one by one, rows that the import job refused included: they are reported instead. Every start looks again
   * (OpenedRestore), and what it finds then counts for whoever is still to be created.
   */
  readonly mayCreateUsers: boolean;
  readonly schema: readonly SchemaAttribute[];
  /** JSON array of PlannedGroup, smallest group first; `group` indexes point into it. */
  readonly groupsKey: string;
  readonly chunks: readonly ChunkPlan[];
  readonly batches: readonly BatchPlan[];
  /** NDJSON of ExcludedUser. */
  readonly excludedKey: string;
  /** Objects of fixed-width records (see comparison/expected-records.ts), read in this order; also the source of the sub map. */
  readonly expected: {
    readonly users: readonly string[];
    readonly memberships: readonly string[];
  };
  /** Remarks for the report, one sentence each, without personal data: settings that differ, groups without an item, ... */
  readonly notes: readonly string[];
  readonly counts: {
    /** In the backup. */
    readonly backup: Counts;
    readonly byCsv: number;
    readonly oneByOne: number;
    readonly excluded: number;
    readonly excludedBy: Readonly<Partial<Record<Exclusion, number>>>;
    /** Memberships whose user is not in the backup or is excluded: reported, not planned. */
    readonly membershipsWithoutUser: number;
    readonly memberships: number;
    readonly disabled: number;
  };
  /** ISO 8601. */
  readonly plannedAt: string;
}

/** `restores/<pool>/current.json`: which restore of this pool is in force. */
export interface RestoreHead {
  readonly restoreId: string;
  /**
   * planning: every start plans anew; writing: set just before the first write to the pool, from then on the plan is
   * binding; complete: closed; partial: finished, a new start retries the reported users.
   */
  readonly phase: 'planning' | 'writing' | 'complete' | 'partial';
  readonly updatedAt: string;
}

/** Where the users of a restore are read from: the backup table, or the snapshot of a kept run. */
export type RestoreSource = 'table' | 'snapshot';
export const sourceOf = ({ exportRun }: Pick<ImportOptions, 'exportRun'>): RestoreSource =>
  exportRun === undefined ? 'table' : 'snapshot';

export const restorePrefix = (poolId: string): string => `restores/${poolId}/`;
export const headKey = (poolId: string): string => `${restorePrefix(poolId)}current.json`;
/** Everything of one restore lies below this prefix. */
export const restoreFolder = (poolId: string, restoreId: string): string => `${restorePrefix(poolId)}${restoreId}/`;
export const planKey = (poolId: string, restoreId: string): string => `${restoreFolder(poolId, restoreId)}plan.json`;
