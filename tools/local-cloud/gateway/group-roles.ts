import { refusedByIam } from './refused-by-iam.ts';
import type { Interceptor } from './types.ts';

const GIVES_ROLE = new Set(['CreateGroup', 'UpdateGroup']);

/**
 * Whoever gives a group of a user pool an IAM role passes that role (iam:PassRole), which MiniStack does not ask for: the request
 * is first passed on as one that is only authorised.
 */
export const groupRolesInterceptor: Interceptor = async (request, next) => {
  const role = request.params['RoleArn'];
  if (request.service !== 'cognito-idp' || !GIVES_ROLE.has(request.action) || typeof role !== 'string')
    return next(request);
  return (await refusedByIam(request, next, role)) ?? next(request);
};
