import { AwsError } from '../aws-error.ts';
import { subtree, queryText, queryTexts } from '../query-params.ts';
import type { QueryTree } from '../query-params.ts';
import { readPreferences } from './definition.ts';
import type { Call } from './deps.ts';
import type { Operation, OperationAction, StackInstance, StackSet } from './model.ts';
import { runOperation } from './run-operation.ts';

/** One operation at a time per StackSet. @throws AwsError OperationInProgressException */
export function refuseWhileRunning(set: StackSet): void {
  const running = set.operations.find(({ status }) => status === 'RUNNING' || status === 'STOPPING');
  if (running !== undefined)
    throw new AwsError(
      'OperationInProgressException',
      `Another Operation on StackSet ${set.id} is in progress: ${running.id}`,
      409,
    );
}

/** Every combination of the request's accounts and Regions. @throws AwsError ValidationError */
export function targetsOf(request: QueryTree): Array<{ account: string; region: string }> {
  const accounts =
    queryTexts(request, 'Accounts') ?? queryTexts(subtree(request, 'DeploymentTargets'), 'Accounts') ?? [];
  const regions = queryTexts(request, 'Regions') ?? [];
  if (accounts.length === 0) throw new AwsError('ValidationError', 'Accounts cannot be empty');
  if (regions.length === 0) throw new AwsError('ValidationError', 'Regions cannot be empty');
  return regions.flatMap((region) => accounts.map((account) => ({ account, region })));
}

/**
 * Starts an operation and gives its id: the request's own OperationId, which must be new, or a generated one. The work
 * goes on after the answer.
 *
 * @throws AwsError OperationIdAlreadyExistsException
 */
export function begin(
  { request, deps }: Call,
  set: StackSet,
  action: OperationAction,
  instances: readonly StackInstance[],
  retainStacks?: boolean,
): string {
  const id = queryText(request, 'OperationId') ?? deps.newId();
  if (set.operations.some((earlier) => earlier.id === id))
    throw new AwsError('OperationIdAlreadyExistsException', `Operation ${id} already exists`, 409);
  const regions = new Set(instances.map((instance) => instance.region)).size;
  const operation: Operation = {
    id,
    action,
    retainStacks,
    createdAt: deps.now(),
    definition: set.definition,
    preferences: readPreferences(request, regions === 0 ? 0 : instances.length / regions),
    targets: instances.map(({ account, region }) => ({ account, region, status: 'PENDING', reason: undefined })),
    status: 'RUNNING',
    statusReason: undefined,
    endedAt: undefined,
  };
  set.operations.push(operation);
  for (const instance of instances) {
    instance.lastOperationId = id;
    instance.detailedStatus = 'PENDING';
    instance.reason = undefined;
  }
  void runOperation(set, operation, deps);
  return id;
}
