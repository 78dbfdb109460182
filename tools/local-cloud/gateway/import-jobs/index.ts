import { CognitoException } from '../../../simulation/cognito/exception.ts';
import type { ImportSettings } from '../../../simulation/cognito/settings.ts';
import { ImportJobLedger } from '../../../simulation/import-jobs/ledger.ts';
import type { JobOwner } from '../../../simulation/import-jobs/ledger.ts';
import { AwsError, errorResponse, jsonResponse } from '../aws-error.ts';
import { refusedByIam } from '../refused-by-iam.ts';
import type { AwsRequest, AwsResponse, Interceptor, Next } from '../types.ts';
import type { ImportJobsDeps } from './deps.ts';
import { rootOf } from './deps.ts';
import { importJobOperations } from './job-api.ts';
import { importSettingsOf } from './pool.ts';
import { isUpload, upload } from './upload.ts';

export type { ImportJobsDeps } from './deps.ts';

/** Operations that AWS refuses while a job imports into the pool, and how. */
const refusedDuringImport = new Map([
  ['UpdateUserPool', 'UserImportInProgressException'],
  ['AddCustomAttributes', 'UserImportInProgressException'],
  ['DeleteUserPool', 'UserImportInProgressException'],
  ['InitiatePointInTimeRecovery', 'ConcurrentModificationException'],
]);

/**
 * Cognito's user import jobs, which MiniStack lacks, in the form of its API; the rules are those of tools/simulation.
 * MiniStack decides whether the caller may, and may pass the role for the log (the request is passed on as one that is only
 * authorised).
 */
export function importJobsInterceptor(deps: ImportJobsDeps): Interceptor {
  const ledger = new ImportJobLedger(deps.options, deps.now);
  return async (request, next) => {
    if (isUpload(request)) return upload(request, ledger, deps);
    // Another feature of the gateway only asks whether the caller may.
    const onlyAuthorizes = 'x-local-cloud-authorize-only' in request.headers;
    if (request.service !== 'cognito-idp' || onlyAuthorizes) return next(request);
    const refused = refusedDuringImport.get(request.action);
    if (refused !== undefined && ledger.importsInto(ownerOf(request))) {
      const message = 'The user pool cannot be changed while a user import job is in progress.';
      return errorResponse(request, new AwsError(refused, message));
    }
    return Object.hasOwn(importJobOperations, request.action) ? answer(request, next, ledger, deps) : next(request);
  };
}

const ownerOf = ({ account, region, params }: AwsRequest): JobOwner => ({
  account,
  region,
  poolId: String(params['UserPoolId']),
});

async function answer(
  request: AwsRequest,
  next: Next,
  ledger: ImportJobLedger,
  deps: ImportJobsDeps,
): Promise<AwsResponse> {
  const refused = await refusedByIam(request, next, request.params['CloudWatchLogsRoleArn']);
  if (refused !== undefined) return refused;
  try {
    const call = { owner: ownerOf(request), params: request.params, settings: await settingsOf(request, deps) };
    return jsonResponse(importJobOperations[request.action]?.(call, ledger, deps) ?? {});
  } catch (error) {
    if (error instanceof CognitoException) return errorResponse(request, new AwsError(error.code, error.message));
    throw error;
  }
}

async function settingsOf(request: AwsRequest, deps: ImportJobsDeps): Promise<ImportSettings> {
  const { poolId } = ownerOf(request);
  try {
    const target = 'AWSCognitoIdentityProviderService.DescribeUserPool';
    const described = await deps.backend.json(
      'cognito-idp',
      target,
      request.region,
      { UserPoolId: poolId },
      rootOf(request.account),
    );
    return importSettingsOf(described['UserPool'] as Record<string, unknown>);
  } catch {
    throw new CognitoException('ResourceNotFoundException', `User pool ${poolId} does not exist.`);
  }
}
