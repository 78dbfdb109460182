import type { StackSetServices } from './deps.ts';
import { deleteInstanceStack, deployStack, StackFailed } from './instance-stack.ts';
import type { Operation, StackInstance, StackSet, StackInstanceTarget } from './model.ts';
import { executionCredentials, RoleProblem } from './roles.ts';
import { findInstance } from './store.ts';

const CANCELLED_REASON = 'Cancelled since failure tolerance has exceeded';
const STOPPED_REASON = 'Cancelled since the operation was stopped';

/**
 * Works an operation off: Region by Region (or all at once), account by account. More failures in a Region than the
 * tolerance make the whole operation FAILED and cancel the Regions that are left; a stop request lets the current
 * Region's stacks finish.
 */
export async function runOperation(set: StackSet, operation: Operation, deps: StackSetServices): Promise<void> {
  const regions = [
    ...new Set([...(operation.preferences.regionOrder ?? []), ...operation.targets.map((target) => target.region)]),
  ].map((region) => operation.targets.filter((target) => target.region === region));
  if (operation.preferences.parallelRegions)
    await Promise.all(regions.map((targets) => runRegion(set, operation, targets, deps)));
  else for (const targets of regions) await runRegion(set, operation, targets, deps);
  operation.endedAt = deps.now();
  operation.status = operation.status === 'STOPPING' ? 'STOPPED' : anyRegionFailed(operation) ? 'FAILED' : 'SUCCEEDED';
}

async function runRegion(
  set: StackSet,
  operation: Operation,
  targets: readonly StackInstanceTarget[],
  deps: StackSetServices,
): Promise<void> {
  for (const target of targets) {
    const cancelReason =
      operation.status === 'STOPPING' ? STOPPED_REASON : anyRegionFailed(operation) ? CANCELLED_REASON : undefined;
    if (cancelReason === undefined) await runTarget(set, operation, target, deps);
    else finish(set, operation, target, 'CANCELLED', cancelReason);
  }
}

/** Whether the failures in some Region exceed the tolerance. */
function anyRegionFailed(operation: Operation): boolean {
  const failures = new Map<string, number>();
  for (const { status, region } of operation.targets)
    if (status === 'FAILED') failures.set(region, (failures.get(region) ?? 0) + 1);
  return [...failures.values()].some((count) => count > operation.preferences.failureTolerance);
}

async function runTarget(
  set: StackSet,
  operation: Operation,
  target: StackInstanceTarget,
  deps: StackSetServices,
): Promise<void> {
  const instance = findInstance(set, target.account, target.region);
  if (instance === undefined) {
    target.status = 'SUCCEEDED';
    return;
  }
  target.status = 'RUNNING';
  instance.detailedStatus = 'RUNNING';
  try {
    await work(set, operation, instance, deps);
    finish(set, operation, target, 'SUCCEEDED', undefined);
  } catch (error) {
    const known = error instanceof StackFailed || error instanceof RoleProblem;
    finish(set, operation, target, 'FAILED', known ? error.message : `Internal failure: ${String(error)}`);
  }
}

async function work(
  set: StackSet,
  operation: Operation,
  instance: StackInstance,
  deps: StackSetServices,
): Promise<void> {
  if (operation.action === 'DELETE' && operation.retainStacks === true) return;
  const credentials = await executionCredentials(operation.definition, set.region, instance.account, deps);
  if (operation.action === 'DELETE') await deleteInstanceStack(instance, credentials, deps);
  else await deployStack(set, instance, operation.definition, credentials, deps);
}

/** Writes a target's result into the operation and its instance. */
function finish(
  set: StackSet,
  operation: Operation,
  target: StackInstanceTarget,
  status: 'SUCCEEDED' | 'FAILED' | 'CANCELLED',
  reason: string | undefined,
): void {
  target.status = status;
  target.reason = reason;
  const instance = findInstance(set, target.account, target.region);
  if (instance === undefined) return;
  if (operation.action === 'DELETE' && status === 'SUCCEEDED') {
    set.instances.splice(set.instances.indexOf(instance), 1);
    return;
  }
  instance.reason = reason;
  instance.detailedStatus = status;
  if (status === 'SUCCEEDED') instance.status = operation.definition === set.definition ? 'CURRENT' : 'OUTDATED';
  else instance.status = 'OUTDATED';
  if (operation.action === 'DELETE' && status === 'FAILED') {
    // "A DeleteStackInstances operation has failed and left the stack in an unstable state."
    instance.status = 'INOPERABLE';
    instance.detailedStatus = 'INOPERABLE';
  }
}
