/**
 * What the domain needs from the outside world. Adapters in source/adapters implement these on AWS, tools/simulation in
 * memory; domain functions take `Pick`s of them. Every method follows paging rules and partial failures as documented
 * here, so that no caller can forget them.
 */
import type { ApiObject } from './pool-settings/recreate/omissions.ts';
import type {
  Attributes,
  MfaSettings,
  PoolGroup,
  PoolIdentity,
  PoolRecoveries,
  PoolUser,
  UserPoolDescription,
} from './model.ts';

/** Milliseconds since the epoch, and a way to wait. */
export interface Clock {
  now(): number;
  sleep(ms: number): Promise<void>;
}
/** Uniform in [0, 1). */
export type Random = () => number;
/** Milliseconds until this invocation must have returned. */
export type TimeLeft = () => number;

/** A page may be short or empty and still carry a token; the listing ends only where `next` is absent. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

// ---- Cognito ------------------------------------------------------------------------------------------------------
// Every attempt of every call below is paced at CognitoTPS by the adapter. Errors: Halt UserPoolNotFound, AccessDenied;
// Fault InvalidPaginationToken (with a token), FilterRefused (with a filter, no token), Throttled, ServiceError.

/**
 * Reads of a user pool: ListUsers, ListGroups, ListUsersInGroup, DescribeUserPool, GetUserPoolMfaConfig,
 * ListIdentityProviders, DescribeIdentityProvider, ListPointInTimeRecoveries, and AdminListGroupsForUser, which tells
 * whether somebody signs in by a name.
 */
export interface UserPoolReader {
  /** Without `settings.mfa`, which takes a call of its own. */
  describe(poolId: string): Promise<UserPoolDescription>;
  /** The pool's MFA settings: a call that is made only for pools whose MFA is not OFF. */
  mfaSettings(poolId: string): Promise<MfaSettings>;
  /** Types of the pool's identity providers (ProviderType) by their names, all pages. */
  identityProviders(poolId: string): Promise<ReadonlyMap<string, string>>;
  /** The attributes of users that the provider sets at every sign-in. */
  mappedAttributes(poolId: string, provider: string): Promise<readonly string[]>;
  /** AWS's own recoveries of the pool: the newest ones, at most a page. Never Halt AccessDenied: that is `unknown`. */
  recoveries(poolId: string): Promise<PoolRecoveries>;
  /** Pages of 60. `filter` in ListUsers syntax, for instance `sub ^= "a"`. */
  listUsersPage(
    poolId: string,
    request: { readonly filter?: string; readonly token?: string; readonly limit?: number },
  ): Promise<Page<PoolUser>>;
  listGroupsPage(
    poolId: string,
    request: { readonly token?: string; readonly limit?: number },
  ): Promise<Page<PoolGroup>>;
  /** Fault BadState never; a group that no longer exists, or of a name that none could have, gives an empty last page. */
  listUsersInGroupPage(poolId: string, group: string, request: { readonly token?: string }): Promise<Page<PoolUser>>;
  /** Whether somebody signs in by the name: a probe. `refused`: this name, or any, cannot be asked for. */
  signsIn(poolId: string, name: string): Promise<'yes' | 'no' | 'refused'>;
}

/** Operations of Cognito that show a pool's configuration. */
export type SettingsOperation =
  | 'DescribeUserPool'
  | 'GetUserPoolMfaConfig'
  | 'ListUserPoolClients'
  | 'DescribeUserPoolClient'
  | 'ListResourceServers'
  | 'ListIdentityProviders'
  | 'DescribeIdentityProvider'
  | 'DescribeUserPoolDomain'
  | 'GetUICustomization'
  | 'DescribeManagedLoginBrandingByClient'
  | 'DescribeRiskConfiguration'
  | 'GetLogDeliveryConfiguration'
  | 'ListTerms'
  | 'DescribeTerms';

/** Reads of a user pool's configuration. */
export interface SettingsReader {
  /**
   * One call: the answer as JSON would have it (dates as ISO 8601, bytes as base64), secrets included; or the name of the
   * error by which Cognito or IAM refused it. Halt UserPoolNotFound where DescribeUserPool finds no pool.
   */
  ask(
    operation: SettingsOperation,
    input: Readonly<Record<string, string | number>>,
  ): Promise<{ readonly answer: Readonly<Record<string, unknown>> } | { readonly refused: string }>;
}

/** Why Cognito refused a write for one user or group: its exception name, for instance `AliasExistsException`. Never its message. */
export interface Refusal {
  readonly refused: string;
  /** Attributes of the new user that the message names, where it names any. */
  readonly attributes?: readonly string[];
}
/** How Cognito answered a write for one user or group. */
export type WriteOutcome = 'done' | Refusal;

/** What AdminCreateUser is given. */
export interface NewUser {
  readonly username: string;
  readonly attributes: Attributes;
  /** Without one Cognito would make a user of a pool with passwordless sign-in that has no password at all, or refuse it. */
  readonly temporaryPassword: string;
}

/**
 * Writes to the new user pool; Fault WritesPaused, and no refusal, while AWS's own recovery of the pool pauses them.
 * `username` may also be the `sub` of a user, as Cognito takes either.
 */
export interface UserPoolWriter {
  /**
   * CreateGroup without a role; a group that exists is updated to the same description and precedence. A refusal concerns
   * this group: its values, or a pool that has as many groups as it may have.
   */
  createGroup(poolId: string, group: PoolGroup): Promise<WriteOutcome>;
  /** AdminCreateUser with MessageAction SUPPRESS: the new user's `sub`. `UsernameExistsException` comes back as a refusal. */
  createUser(poolId: string, user: NewUser): Promise<{ readonly sub: string } | Refusal>;
  /** AdminSetUserPassword, permanent. */
  setPassword(poolId: string, username: string, password: string): Promise<WriteOutcome>;
  disableUser(poolId: string, username: string): Promise<WriteOutcome>;
  /** AdminEnableUser; only takes back what disableUser did to somebody else's account. */
  enableUser(poolId: string, username: string): Promise<WriteOutcome>;
  addUserToGroup(poolId: string, username: string, group: string): Promise<WriteOutcome>;
  /**
   * AdminLinkProviderForUser: whoever signs in with this id at the provider is this user from then on. Refused where the
   * provider is unknown, or the id is somebody's already.
   */
  linkIdentity(
    poolId: string,
    username: string,
    identity: { readonly provider: string; readonly id: string },
  ): Promise<WriteOutcome>;
  /** AdminRemoveUserFromGroup; only takes back what addUserToGroup did to somebody else's account. */
  removeUserFromGroup(poolId: string, username: string, group: string): Promise<WriteOutcome>;
  /** AdminUpdateUserAttributes; only for attributes that send no verification message. */
  updateAttributes(poolId: string, username: string, attributes: Attributes): Promise<WriteOutcome>;
}

/** UserImportJobStatusType of Cognito. */
export type ImportJobStatus =
  'Created' | 'Pending' | 'InProgress' | 'Stopping' | 'Expired' | 'Stopped' | 'Failed' | 'Succeeded';
export const TERMINAL_JOB_STATUSES: readonly ImportJobStatus[] = ['Expired', 'Stopped', 'Failed', 'Succeeded'];

/** What Cognito says about an import job (UserImportJobType). */
export interface ImportJob {
  readonly jobId: string;
  readonly jobName: string;
  readonly status: ImportJobStatus;
  /** Only right after creation; valid for 15 minutes. A secret: never stored or logged. */
  readonly uploadUrl?: string;
  /** ISO 8601. */
  readonly created?: string;
  readonly started?: string;
  readonly completed?: string;
  readonly imported: number;
  readonly skipped: number;
  readonly failed: number;
  readonly completionMessage?: string;
}

/** Cognito's CSV import jobs; at most one is active per account. Creating and starting one: Fault WritesPaused, as UserPoolWriter. */
export interface ImportJobs {
  /** Column names in the order in which the CSV must carry them. */
  csvHeader(poolId: string): Promise<readonly string[]>;
  /**
   * `busy`: a precondition is not met, which may be that another job of the account is active; `limit`: a limit is exceeded,
   * which may be that, too, or the number of jobs that a pool may ever have. Nothing was created.
   */
  createJob(poolId: string, jobName: string): Promise<ImportJob | 'busy' | 'limit'>;
  /** PUT to the presigned URL with `x-amz-server-side-encryption: aws:kms`. Fault ServiceError with the HTTP status. */
  uploadCsv(uploadUrl: string, csv: Uint8Array): Promise<void>;
  /** `busy`: another job of the account is active; `noCsv`: nothing was uploaded for this job. */
  startJob(poolId: string, jobId: string): Promise<'started' | 'busy' | 'noCsv'>;
  describeJob(poolId: string, jobId: string): Promise<ImportJob>;
  /** Newest first. */
  listJobsPage(poolId: string, token?: string): Promise<Page<ImportJob>>;
  /** The job's log lines so far (`[STATUS] Line Number N - ...`); empty when the group or stream does not exist (yet). */
  readLog(poolId: string, poolName: string, job: Pick<ImportJob, 'jobId' | 'jobName'>): AsyncIterable<string>;
}

/** DescribeUserPool's `UserPool`, and GetUserPoolMfaConfig's answer. */
export interface PoolLook {
  readonly pool: ApiObject;
  readonly mfa: ApiObject;
}

/** Cognito takes no such settings: asked again it would say the same. */
export interface Refused {
  /** The name of its error. */
  readonly refused: string;
}

/** Makes the user pools of drills and takes them away again. The role of the one function that has this allows it for pools with a drill's tag only. */
export interface ThrowAwayPools {
  /** CreateUserPool; the request has the name and the tag. Never made again where the answer was lost: the pool may exist. */
  create(request: ApiObject): Promise<{ readonly poolId: string } | Refused>;
  /** SetUserPoolMfaConfig; undefined: done. */
  setMfa(poolId: string, request: ApiObject): Promise<Refused | undefined>;
  /** AddCustomAttributes. */
  addAttributes(poolId: string, attributes: readonly ApiObject[]): Promise<void>;
  /** DescribeUserPool and GetUserPoolMfaConfig; undefined: there is none of this id. */
  settings(poolId: string): Promise<PoolLook | undefined>;
  /** DescribeUserPool, as far as it tells who made the pool. */
  identity(poolId: string): Promise<PoolIdentity | undefined>;
  /** ListUserPools, all pages: the ids of the pools with this name. */
  idsNamed(name: string): Promise<readonly string[]>;
  /** ListUserImportJobs, then StopUserImportJob of the one that is at work; how many were. */
  stopJobs(poolId: string): Promise<number>;
  /** DeleteUserPool; no error where there is none. False: an import job of it has not stopped yet. */
  remove(poolId: string): Promise<boolean>;
}

// ---- Backup table -------------------------------------------------------------------------------------------------

/** Keys of the table: `id` is the hash key, `type` the range key; see source/domain/backup/items.ts. */
export interface ItemKey {
  readonly id: string;
  readonly type: string;
}
/** An item as stored: the key plus any attributes (strings, numbers, booleans, maps and lists of those). */
export type TableItem = ItemKey & Readonly<Record<string, unknown>>;

/** One page of one segment. */
export interface ScanPage {
  readonly items: readonly TableItem[];
  /** Where the next page of this segment starts; absent at the segment's end. */
  readonly next?: ItemKey;
}

/** The backup table in one Region. */
export interface BackupTable {
  /** BatchGetItem (eventually consistent) in hundreds, UnprocessedKeys followed: content hash by `keyText(key)`; absent items are absent. */
  contentHashes(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, string>>;
  /** The same with whole items; absent ones are absent. For the few that differ: they are read in full. */
  itemsOf(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, TableItem>>;
  /** BatchWriteItem in 25s, UnprocessedItems retried; Fault Unprocessed with the remaining count. Keys must be distinct. */
  putItems(items: readonly TableItem[]): Promise<void>;
  deleteItems(keys: readonly ItemKey[]): Promise<void>;
  /** Strongly consistent GetItem. */
  getItem(key: ItemKey): Promise<TableItem | undefined>;
  /** PutItem if `condition` holds: `absent`, or the stored item's `attribute` equals `value`. False when it does not hold. */
  putItemIf(
    item: TableItem,
    condition: 'absent' | { readonly attribute: string; readonly value: string },
  ): Promise<boolean>;
  /** TransactWriteItems: puts and deletes together or not at all. */
  transact(puts: readonly TableItem[], deletes: readonly ItemKey[]): Promise<void>;
  /** One page (at most 1 MB) of a parallel scan; all items of one `id` are in the same segment, in order of `type`. */
  scanPage(request: {
    readonly segment: number;
    readonly totalSegments: number;
    readonly start?: ItemKey;
    readonly consistent: boolean;
  }): Promise<ScanPage>;
}

// ---- Objects and queues -------------------------------------------------------------------------------------------

/** A whole object, and the version that it was. */
export interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: string;
}
/** `absent`: create only; `etag`: replace only that version. */
export type PutCondition = { readonly absent: true } | { readonly etag: string };

/**
 * The Region's mapping-file bucket: encrypted, private, the only place besides the table that holds personal data. `get`
 * and `read` hold objects whose key carries a digest against it (state/digest-keys.ts): Fault BadState when they were changed.
 */
export interface ObjectStore {
  get(key: string): Promise<StoredObject | undefined>;
  /** Resolves the new ETag; Fault PreconditionFailed when the condition does not hold. */
  put(key: string, body: Uint8Array | string, condition?: PutCondition): Promise<string>;
  /** Keys below a prefix, in lexicographic order, all pages. */
  list(prefix: string): AsyncIterable<string>;
  /** The object's bytes as they come; Fault BadState when it does not exist. */
  read(key: string): AsyncIterable<Uint8Array>;
  /**
   * `bytes` bytes from `from` on, or fewer where the object ends; nothing of it is held against a digest. Fault BadState when
   * it does not exist.
   */
  readRange(key: string, from: number, bytes: number): Promise<Uint8Array>;
  /** Writes a large object part by part (multipart above 8 MiB); nothing is visible before it has ended. */
  write(key: string, parts: AsyncIterable<Uint8Array>): Promise<void>;
  /** DeleteObjects in thousands; absent keys are no error, refused ones are (Fault Unprocessed). */
  deleteAll(keys: readonly string[]): Promise<void>;
  /**
   * Gives the objects these tags in place of what they have (one request each, several at a time); absent keys are no
   * error, throttled ones are tried again (Fault Unprocessed). A later `put` of the same key drops its tags.
   */
  tagAll(keys: readonly string[], tags: Readonly<Record<string, string>>): Promise<void>;
}

/** A message, and the receipt with which it is deleted. */
export interface Received<M> {
  readonly message: M;
  readonly receipt: string;
}

/** A queue only wakes its consumer: messages may come twice, late or never; the truth is in the object store. */
export interface WakeQueue<M> {
  /** SendMessageBatch in tens; entries in `Failed` are retried; Fault Unprocessed with the remaining count. */
  send(messages: readonly M[]): Promise<void>;
  /** At most 10; messages that do not parse are deleted and not returned. */
  receive(max: number, waitSeconds: number): Promise<readonly Received<M>[]>;
  delete(received: readonly Received<M>[]): Promise<void>;
}

/** What every queue message carries: whose work it is and where the work lies. Nothing personal. */
export interface WorkMessage {
  /** Export run id or restore id. */
  readonly owner: string;
  /** Object key of the batch. */
  readonly key: string;
}

/** Counts and keys only; the adapter drops known personal fields as a safety net. */
export interface Log {
  info(message: string, extra?: Readonly<Record<string, unknown>>): void;
  warn(message: string, extra?: Readonly<Record<string, unknown>>): void;
  error(message: string, extra?: Readonly<Record<string, unknown>>): void;
}
