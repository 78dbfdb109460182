/** Removes both instances, then the StackSet: as much of it as there is. */
import { done, handOver } from '../framework/types.ts';
import type { ResourceOutcome } from '../framework/types.ts';
import { handoverOf, runStackSetOperation, waitFor } from './operations.ts';
import type { OperationEnd, Operations } from './operations.ts';
import type { Instance } from './stack-sets.ts';

/** Can be repeated at any point. Throws an Error that says what to do when CloudFormation could not delete a stack. */
export async function removeStackSet(operations: Operations): Promise<ResourceOutcome> {
  const { sets, name } = operations;
  if (!(await sets.exists(name))) return done();
  // A create that still runs (its own answer came too late, or was lost) may add a stack meanwhile.
  if (!(await waitFor(operations, async () => !(await sets.hasRunningOperation(name)) || undefined)))
    return handOver(`an operation of StackSet ${name} that still runs`, handoverOf(operations));

  const instances = await sets.instances(name);
  // Where no stack was ever made there is nothing to retain, and the roles that this may have failed for are not needed.
  const neverMade = instances.filter(({ stackId }) => stackId === undefined);
  if ((await remove(operations, 'forget', neverMade, true)) === 'timeUp')
    return handOver(`the removal of instances of StackSet ${name}`, handoverOf(operations));
  const made = instances.filter(({ stackId }) => stackId !== undefined);
  if ((await remove(operations, 'delete', made, false)) === 'timeUp')
    return handOver(`the deletion of the instances of StackSet ${name}`, handoverOf(operations));

  const deleted = await waitFor(operations, async () => (await sets.delete(name)) === 'done' || undefined);
  return deleted ? done() : handOver(`the deletion of StackSet ${name}`, handoverOf(operations));
}

async function remove(
  operations: Operations,
  what: string,
  instances: readonly Instance[],
  retainStacks: boolean,
): Promise<OperationEnd> {
  const [first] = instances;
  if (first === undefined) return 'succeeded';
  const { sets, name } = operations;
  const regions = instances.map(({ region }) => region);
  try {
    return await runStackSetOperation(operations, what, (id) =>
      sets.startRemoving(name, first.account, regions, retainStacks, id),
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : 'an unknown error';
    throw new Error(
      `${message} Remove what keeps the stack in ${regions.join(' and ')} from being deleted and delete the main stack again; or delete the instance of the StackSet with "retain stacks", then its stack by hand, then the main stack.`,
      { cause: error },
    );
  }
}
