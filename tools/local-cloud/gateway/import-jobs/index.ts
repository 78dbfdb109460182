import { AwsError, errorResponse, jsonResponse } from '../aws-error.ts';
import type { AwsRequest, AwsResponse, Interceptor, Next } from '../types.ts';
import type { ImportJobsDeps } from './deps.ts';
import { rootOf } from './deps.ts';
import { importJobOperations } from './job-api.ts';
import { ImportJobStore } from './job-store.ts';
import { poolRules } from './pool.ts';
import { isUpload, upload } from './upload.ts';

export type { ImportJobsDeps } from './deps.ts';
export { defaultImportJobOptions } from './options.ts';
export type { ImportJobOptions } from './options.ts';

/** Operations that AWS refuses while a job imports into the pool. */
const refusedDuringImport = new Set(['UpdateUserPool', 'AddCustomAttributes', 'DeleteUserPool']);

/**
 * Cognito's user import jobs by the documented rules, which MiniStack lacks. MiniStack decides whether the caller may, and
 * may pass the role for the log (the request is passed on as one that is only authorised).
 */
export function importJobsInterceptor(deps: ImportJobsDeps): Interceptor {
  const store = new ImportJobStore(() => deps.options().expiresAfterMs);
  return async (request, next) => {
    if (isUpload(request)) return upload(request, store, deps);
    if (request.service !== 'cognito-idp') return next(request);
    if (refusedDuringImport.has(request.action) && importsInto(request, store)) {
      const message = 'The user pool cannot be changed while a user import job is in progress.';
      return errorResponse(request, new AwsError('UserImportInProgressException', message));
    }
    return Object.hasOwn(importJobOperations, request.action) ? answer(request, next, store, deps) : next(request);
  };
}

async function answer(
  request: AwsRequest,
  next: Next,
  store: ImportJobStore,
  deps: ImportJobsDeps,
): Promise<AwsResponse> {
  const role = request.params['CloudWatchLogsRoleArn'];
  const authorized = await next({
    ...request,
    headers: {
      ...request.headers,
      'x-local-cloud-authorize-only': 'yes',
      ...(typeof role === 'string' ? { 'x-local-cloud-pass-role': `${role} cognito-idp.amazonaws.com` } : {}),
    },
  });
  if (authorized.status !== 200) return authorized;
  try {
    const { account, region, params } = request;
    const pool = await describePool(request, deps);
    const operation = importJobOperations[request.action];
    return jsonResponse(operation?.({ account, region, params, pool }, store, deps) ?? {});
  } catch (error) {
    if (error instanceof AwsError) return errorResponse(request, error);
    throw error;
  }
}

async function describePool(request: AwsRequest, deps: ImportJobsDeps): Promise<ReturnType<typeof poolRules>> {
  const poolId = String(request.params['UserPoolId']);
  try {
    const target = 'AWSCognitoIdentityProviderService.DescribeUserPool';
    const described = await deps.backend.json(
      'cognito-idp',
      target,
      request.region,
      { UserPoolId: poolId },
      rootOf(request.account),
    );
    return poolRules(described['UserPool'] as Record<string, unknown>);
  } catch {
    throw new AwsError('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
  }
}

function importsInto(request: AwsRequest, store: ImportJobStore): boolean {
  const active = store.active(request.account, request.region);
  return active !== undefined && active.poolId === request.params['UserPoolId'];
}
