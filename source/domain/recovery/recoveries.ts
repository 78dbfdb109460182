import { isNamed } from '../errors.ts';
import type { PoolRecoveries, PoolRecovery } from '../model.ts';
import type { UserPoolReader } from '../ports.ts';

/** What an active recovery does to the pool; in each case its writes are paused. */
export type RecoveryKind =
  /** Nothing is changed yet, and may never be. */
  | 'preview'
  /** The content is being put back. */
  | 'restoring'
  /** Stopped half-way, and left to AWS Support; or in a state that AWS has added since. */
  | 'unsettled';

/** A recovery that has not ended. */
export interface ActiveRecovery extends PoolRecovery {
  readonly kind: RecoveryKind;
}

const KINDS = new Map<string, RecoveryKind | 'ended'>([
  ['PREVIEW_GENERATING', 'preview'],
  ['PREVIEW_GENERATED', 'preview'],
  ['RESTORING', 'restoring'],
  ['PREVIEW_CANCELLED', 'ended'],
  ['PREVIEW_GENERATION_FAILED', 'ended'],
  ['PREVIEW_EXPIRED', 'ended'],
  ['RESTORE_COMPLETED', 'ended'],
]);
const COMPLETED = 'RESTORE_COMPLETED';

/**
 * The recovery that is active; a pool has at most one. One that was left to AWS Support may keep its status when Support is
 * done: as soon as another one was begun, it is settled.
 */
export function activeRecovery(recoveries: PoolRecoveries): ActiveRecovery | undefined {
  if (recoveries === 'unknown') return undefined;
  for (const [index, recovery] of recoveries.entries()) {
    const kind = KINDS.get(recovery.status) ?? 'unsettled';
    if (kind !== 'ended' && (kind !== 'unsettled' || index === 0)) return { ...recovery, kind };
  }
  return undefined;
}

/** What an export holds a look at the recoveries against. */
export interface Settled {
  /** Ids of recoveries whose outcome the run reads from its beginning: completed ones, and those that somebody allowed. */
  readonly settled: readonly string[];
  /** Somebody says that AWS Support has settled the recovery, whatever its status says. */
  readonly allowUnsettled?: boolean;
}

/** The recovery because of which the pool's content must not be sealed now: it is half-way between two moments. */
export function tearingRecovery(
  recoveries: PoolRecoveries,
  { settled, allowUnsettled = false }: Settled,
): ActiveRecovery | undefined {
  const active = activeRecovery(recoveries);
  if (active === undefined || active.kind === 'preview') return undefined;
  const isSettled = active.kind === 'unsettled' && (allowUnsettled || settled.includes(active.id));
  return isSettled ? undefined : active;
}

/** Recoveries that have put the pool back. */
export const completedRecoveries = (recoveries: PoolRecoveries): readonly PoolRecovery[] =>
  recoveries === 'unknown' ? [] : recoveries.filter(({ status }) => status === COMPLETED);

/** The look of a function that can do without: what cannot be asked is not known. */
export async function recoveriesOrUnknown(
  pool: Pick<UserPoolReader, 'recoveries'>,
  poolId: string,
): Promise<PoolRecoveries> {
  try {
    return await pool.recoveries(poolId);
  } catch (error) {
    if (isNamed(error, 'ServiceError')) return 'unknown';
    throw error;
  }
}
