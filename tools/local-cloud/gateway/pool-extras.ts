import { CognitoException } from '../../simulation/cognito/exception.ts';
import { asksForClient, isExtraOperation, PoolExtras } from '../../simulation/cognito/pool-extras.ts';
import { poolAskedFor, requireClient, requirePool } from './asked-pool.ts';
import { refusedByIam } from './refused-by-iam.ts';
import { AwsError, errorResponse, jsonResponse } from './aws-error.ts';
import type { Backend, Interceptor } from './types.ts';

/** What branding, threat protection, log delivery and terms of pools need. */
export interface PoolExtrasDeps {
  readonly backend: Pick<Backend, 'json'>;
  readonly now: () => number;
  readonly newId: () => string;
}

/**
 * The operations about a pool's configuration that MiniStack lacks, in the form of Cognito's API; the rules are those of
 * tools/simulation. MiniStack decides first whether the caller may, and has the pools and their clients.
 */
export function poolExtrasInterceptor(deps: PoolExtrasDeps): Interceptor {
  const extras = new PoolExtras(deps.now, deps.newId);
  return async (request, next) => {
    const { service, action, params } = request;
    if (service !== 'cognito-idp' || !isExtraOperation(action)) return next(request);
    const refused = await refusedByIam(request, next);
    if (refused !== undefined) return refused;
    try {
      await requirePool(request, deps);
      if (asksForClient(action)) await requireClient(request, deps);
      return jsonResponse(onTheWire(extras.call(poolAskedFor(request), action, params)) as object);
    } catch (error) {
      if (error instanceof CognitoException) return errorResponse(request, new AwsError(error.code, error.message));
      throw error;
    }
  };
}

/** Cognito's dates are seconds. */
function onTheWire(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1_000;
  if (Array.isArray(value)) return value.map(onTheWire);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, onTheWire(member)]));
}
