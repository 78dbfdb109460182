import { CognitoQuotas } from '../../../simulation/cognito/quotas.ts';
import { AwsError, errorResponse } from '../aws-error.ts';
import type { Interceptor } from '../types.ts';

/** Refuses Cognito calls above the quotas with TooManyRequestsException; see CognitoQuotas for the parameters. */
export function quotaInterceptor(quotas: boolean | Readonly<Record<string, number>>, now: () => number): Interceptor {
  const limiter = new CognitoQuotas(quotas, now);
  return async (request, next) => {
    const { service, action, account, region, params } = request;
    const scope = { account: `${account}/${region}`, poolId: String(params['UserPoolId']) };
    if (service !== 'cognito-idp' || limiter.allow(action, scope)) return next(request);
    return errorResponse(request, new AwsError('TooManyRequestsException', 'Too many requests'));
  };
}
