/**
 * Instances whose stack never came into being. CloudFormation can neither update such a stack nor create it again: it must
 * go first. What its rollback keeps is the bucket of the access logs, one more with each try.
 */
import { runStackSetOperation } from './operations.ts';
import type { OperationEnd, Operations } from './operations.ts';
import type { Instance } from './stack-sets.ts';

/** Status of a stack that can only be deleted (CloudFormation User Guide, stack status codes). */
const ONLY_TO_BE_DELETED = new Set(['CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED', 'DELETE_FAILED']);

type MadeInstance = Instance & { readonly stackId: string };

async function failedInstances({ sets, name }: Operations): Promise<readonly MadeInstance[]> {
  const failed: MadeInstance[] = [];
  for (const instance of await sets.instances(name)) {
    if (!hasStack(instance) || instance.status === 'CURRENT') continue;
    if (ONLY_TO_BE_DELETED.has((await sets.stackStatus(instance.region, instance.stackId)) ?? ''))
      failed.push(instance);
  }
  return failed;
}

const hasStack = (instance: Instance): instance is MadeInstance => instance.stackId !== undefined;

/** Removes the failed instances, and their buckets where these are empty. `step` makes the operation's id another one each time. */
export async function removeFailedInstances(operations: Operations, step: number): Promise<OperationEnd> {
  const { sets, name } = operations;
  const failed = await removeEmptyBuckets(operations);
  const [first] = failed;
  if (first === undefined) return 'succeeded';
  return runStackSetOperation(operations, `clear-${step}`, (id) =>
    sets.startRemoving(
      name,
      first.account,
      failed.map(({ region }) => region),
      false,
      id,
    ),
  );
}

/** Of the failed instances; those that are not empty, or may not be removed, are remembered. Gives the failed instances. */
async function removeEmptyBuckets(operations: Operations): Promise<readonly MadeInstance[]> {
  const { sets, leftBuckets } = operations;
  const failed = await failedInstances(operations);
  for (const { region, stackId } of failed) {
    for (const bucket of await sets.bucketsOf(region, stackId)) {
      if (!(await sets.removeEmptyBucket(region, bucket))) leftBuckets.add(bucket);
    }
  }
  return failed;
}

/** The error of a request that failed for good, with the names of the buckets that it leaves in the account. */
export async function withLeftBuckets(operations: Operations, error: unknown): Promise<Error> {
  const failure = error instanceof Error ? error : new Error('an unknown error');
  const { sets, name, leftBuckets } = operations;
  try {
    const failed = await removeEmptyBuckets(operations);
    for (const instance of await sets.instances(name)) {
      if (!hasStack(instance) || failed.some(({ stackId }) => stackId === instance.stackId)) continue;
      for (const bucket of await sets.bucketsOf(instance.region, instance.stackId)) leftBuckets.add(bucket);
    }
  } catch {
    // What failed first is what its reader needs.
  }
  if (leftBuckets.size === 0) return failure;
  const buckets = [...leftBuckets].join(', ');
  return new Error(`${failure.message} Left by this and earlier tries: buckets ${buckets}.`, { cause: failure });
}
