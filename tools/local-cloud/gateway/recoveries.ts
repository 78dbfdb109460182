import type { PoolRecovery } from '../../../source/domain/model.ts';
import { CognitoException } from '../../simulation/cognito/exception.ts';
import { PAUSED_OPERATIONS, RecoveryLedger } from '../../simulation/cognito/recoveries.ts';
import type { RecoveryKnobs } from '../../simulation/cognito/recoveries.ts';
import { AwsError, errorResponse, jsonResponse } from './aws-error.ts';
import { poolAskedFor, requirePool } from './asked-pool.ts';
import { refusedByIam } from './refused-by-iam.ts';
import type { AwsRequest, Backend, Interceptor } from './types.ts';

/** What the recoveries of pools need. */
export interface RecoveriesDeps {
  readonly backend: Pick<Backend, 'json'>;
  readonly now: () => number;
  readonly newId: () => string;
  /** Of the moment. */
  readonly knobs: () => Partial<RecoveryKnobs>;
}

/** Carries one operation out; `pool` names the pool across accounts and Regions. */
type Operation = (ledger: RecoveryLedger, pool: string, request: AwsRequest, newId: () => string) => object;

const idOf = ({ params }: AwsRequest): string => String(params['RestoreId']);
const secondsOf = (iso = ''): number => Date.parse(iso) / 1_000;
const shown = ({ id, status, point }: PoolRecovery) => ({
  RestoreId: id,
  RestoreStatus: status,
  RestoreTimestamp: secondsOf(point),
});

const OPERATIONS: Readonly<Record<string, Operation>> = {
  InitiatePointInTimeRecovery: (ledger, pool, { params }, newId) => ({
    Restoration: shown(ledger.initiate(pool, Number(params['RestoreTimestamp']) * 1_000, newId())),
  }),
  DescribePointInTimeRecovery: (ledger, pool, request) => ({
    Restoration: shown(ledger.describe(pool, idOf(request))),
  }),
  StartPointInTimeRecovery: (ledger, pool, request) => ({ Restoration: shown(ledger.start(pool, idOf(request))) }),
  CancelPointInTimeRecovery: (ledger, pool, request) => ({ Restoration: shown(ledger.cancel(pool, idOf(request))) }),
  ListPointInTimeRecoveries: (ledger, pool, { params }) => {
    const [from, size] = [Number(params['NextToken'] ?? 0), Number(params['MaxResults'] ?? 60)];
    const all = ledger.list(pool);
    return {
      Restorations: all.slice(from, from + size).map(shown),
      ...(from + size < all.length ? { NextToken: String(from + size) } : {}),
    };
  },
};

/**
 * Cognito's own point-in-time recoveries, which MiniStack lacks, in the form of its API; the rules are those of
 * tools/simulation, and nothing is put back. `pauses` refuses the writes of a pool whose recovery is active, `operations`
 * answers the five operations; both let MiniStack decide first whether the caller may.
 */
export function recoveriesInterceptors(deps: RecoveriesDeps): {
  readonly pauses: Interceptor;
  readonly operations: Interceptor;
} {
  const ledger = new RecoveryLedger(deps.now);
  const current = (): RecoveryLedger => {
    Object.assign(ledger.knobs, deps.knobs());
    return ledger;
  };
  return {
    pauses: async (request, next) => {
      if (request.service !== 'cognito-idp' || !PAUSED_OPERATIONS.has(request.action)) return next(request);
      const { knobs } = current();
      if (!ledger.isPaused(poolAskedFor(request))) return next(request);
      const refused = await refusedByIam(request, next);
      const message = 'Write operations of the user pool are paused while a recovery is in progress.';
      return refused ?? errorResponse(request, new AwsError(knobs.pausedError, message));
    },
    operations: async (request, next) => {
      const operation = request.service === 'cognito-idp' ? OPERATIONS[request.action] : undefined;
      if (operation === undefined) return next(request);
      const refused = await refusedByIam(request, next);
      if (refused !== undefined) return refused;
      try {
        await requirePool(request, deps);
        return jsonResponse(operation(current(), poolAskedFor(request), request, deps.newId));
      } catch (error) {
        if (error instanceof CognitoException) return errorResponse(request, new AwsError(error.code, error.message));
        throw error;
      }
    },
  };
}
