import type { PoolRecovery, RecoveryStatus } from '../../../source/domain/model.ts';
import { CognitoException } from './exception.ts';

/** How long the steps of a recovery take, and what Cognito leaves undocumented. */
export interface RecoveryKnobs {
  previewMs: number;
  restoreMs: number;
  /** The exception of a write that is paused: which one is not documented. */
  pausedError: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Of one pool (model of InitiatePointInTimeRecovery). */
const PREVIEWS_PER_DAY = 3;

interface Recovery {
  readonly id: string;
  readonly pool: string;
  readonly point: number;
  readonly initiatedAt: number;
  startedAt?: number;
  /** An end that time does not bring. */
  forced?: RecoveryStatus;
}

/**
 * AWS's own point-in-time recoveries of pools, by the documentation of their five operations: one is active at a time, a
 * preview that nobody starts or cancels expires after a day, and from the beginning to the end writes are paused. What the
 * pool holds afterwards is the business of whoever simulates the pool. Pools are named by any text.
 */
export class RecoveryLedger {
  readonly knobs: RecoveryKnobs = { previewMs: 0, restoreMs: 0, pausedError: 'OperationNotEnabledException' };
  readonly #recoveries: Recovery[] = [];

  constructor(private readonly now: () => number) {}

  /** @throws CognitoException ConcurrentModificationException, InvalidParameterException, LimitExceededException */
  initiate(pool: string, point: number, id: string): PoolRecovery {
    const now = this.now();
    if (this.isPaused(pool)) throw new CognitoException('ConcurrentModificationException', 'A recovery is active.');
    if (point > now - 15 * MINUTE_MS)
      throw new CognitoException('InvalidParameterException', 'RestoreTimestamp must be at least 15 minutes ago.');
    const today = this.#of(pool).filter(({ initiatedAt }) => initiatedAt > now - DAY_MS);
    if (today.length >= PREVIEWS_PER_DAY || today.some((one) => this.#statusOf(one) === 'RESTORE_COMPLETED'))
      throw new CognitoException('LimitExceededException', 'Too many recoveries of the user pool in 24 hours.');
    this.#recoveries.unshift({ id, pool, point, initiatedAt: now });
    return this.describe(pool, id);
  }

  /** @throws CognitoException InvalidParameterException unless the preview is there */
  start(pool: string, id: string): PoolRecovery {
    const recovery = this.#find(pool, id);
    this.#require(recovery, ['PREVIEW_GENERATED']);
    recovery.startedAt = this.now();
    return this.describe(pool, id);
  }

  /** @throws CognitoException InvalidParameterException once it was started, or has ended */
  cancel(pool: string, id: string): PoolRecovery {
    const recovery = this.#find(pool, id);
    this.#require(recovery, ['PREVIEW_GENERATING', 'PREVIEW_GENERATED']);
    recovery.forced = 'PREVIEW_CANCELLED';
    return this.describe(pool, id);
  }

  /** What only AWS can bring about: an internal error, or what Support makes of it. */
  force(pool: string, id: string, status: RecoveryStatus): void {
    this.#find(pool, id).forced = status;
  }

  /** @throws CognitoException ResourceNotFoundException */
  describe(pool: string, id: string): PoolRecovery {
    return this.#shown(this.#find(pool, id));
  }

  /** The newest first. */
  list(pool: string): readonly PoolRecovery[] {
    return this.#of(pool).map((recovery) => this.#shown(recovery));
  }

  /** Whether Cognito takes no writes of the pool. */
  isPaused(pool: string): boolean {
    const [newest] = this.list(pool);
    return newest !== undefined && WRITES_PAUSED.has(newest.status);
  }

  #of(pool: string): readonly Recovery[] {
    return this.#recoveries.filter((recovery) => recovery.pool === pool);
  }

  #find(pool: string, id: string): Recovery {
    const found = this.#of(pool).find((recovery) => recovery.id === id);
    if (found === undefined) throw new CognitoException('ResourceNotFoundException', `Recovery ${id} does not exist.`);
    return found;
  }

  #require(recovery: Recovery, allowed: readonly RecoveryStatus[]): void {
    const status = this.#statusOf(recovery);
    if (!allowed.includes(status))
      throw new CognitoException('InvalidParameterException', `The recovery is in the status ${status}.`);
  }

  #shown = (recovery: Recovery): PoolRecovery => ({
    id: recovery.id,
    status: this.#statusOf(recovery),
    point: new Date(recovery.point).toISOString(),
  });

  #statusOf({ initiatedAt, startedAt, forced }: Recovery): RecoveryStatus {
    const now = this.now();
    if (forced !== undefined) return forced;
    if (startedAt !== undefined) return now < startedAt + this.knobs.restoreMs ? 'RESTORING' : 'RESTORE_COMPLETED';
    if (now >= initiatedAt + DAY_MS) return 'PREVIEW_EXPIRED';
    return now < initiatedAt + this.knobs.previewMs ? 'PREVIEW_GENERATING' : 'PREVIEW_GENERATED';
  }
}

const WRITES_PAUSED: ReadonlySet<string> = new Set([
  'PREVIEW_GENERATING',
  'PREVIEW_GENERATED',
  'RESTORING',
  'TEMPORARY_INTERNAL_ERROR_SEE_SUPPORT_CASE',
  'AWS_ABORTED',
]);

/** Operations that Cognito does not carry out on a pool whose writes are paused. */
export const PAUSED_OPERATIONS: ReadonlySet<string> = new Set([
  'AddCustomAttributes',
  'AdminAddUserToGroup',
  'AdminConfirmSignUp',
  'AdminCreateUser',
  'AdminDeleteUser',
  'AdminDeleteUserAttributes',
  'AdminDisableUser',
  'AdminEnableUser',
  'AdminLinkProviderForUser',
  'AdminRemoveUserFromGroup',
  'AdminResetUserPassword',
  'AdminSetUserMFAPreference',
  'AdminSetUserPassword',
  'AdminUpdateUserAttributes',
  'CreateGroup',
  'CreateUserImportJob',
  'DeleteGroup',
  'SignUp',
  'StartUserImportJob',
  'UpdateGroup',
]);
