import { AwsError, errorResponse, queryResponse } from '../aws-error.ts';
import { queryTree } from '../query-params.ts';
import { refusedByIam } from '../refused-by-iam.ts';
import type { Interceptor } from '../types.ts';
import { stackSetActions } from './actions.ts';
import type { StackSetServices } from './deps.ts';
import { StackSetStore } from './store.ts';

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';
const PASSES_ROLE = new Set(['CreateStackSet', 'UpdateStackSet']);

/**
 * CloudFormation StackSets with self-managed permissions, which MiniStack lacks: definitions, instances and operations
 * live here, the instances' stacks are ordinary stacks of MiniStack. MiniStack decides whether the caller may (the
 * request is passed on as one that is only authorised).
 */
export function stackSetInterceptor(deps: StackSetServices): Interceptor {
  const store = new StackSetStore();
  return async (request, next) => {
    const action =
      request.service === 'cloudformation' && Object.hasOwn(stackSetActions, request.action)
        ? stackSetActions[request.action]
        : undefined;
    if (action === undefined) return next(request);
    const role = PASSES_ROLE.has(request.action) ? request.params['AdministrationRoleARN'] : undefined;
    const refused = await refusedByIam(request, next, role);
    if (refused !== undefined) return refused;
    try {
      const scope = { account: request.account, region: request.region };
      const result = await action({ request: queryTree(request.params), scope, store, deps });
      return queryResponse(request.action, result, NAMESPACE);
    } catch (error) {
      if (error instanceof AwsError) return errorResponse(request, error);
      throw error;
    }
  };
}
