import { isThrowAwayOf } from '../backup/throw-away-pool.ts';
import { Halt } from '../errors.ts';
import type { PoolIdentity } from '../model.ts';
import type { ImportOptions } from '../import/plan/plan-model.ts';
import type { MadePool } from './drill-event.ts';

/** The drill in which a function of the restore works. */
interface WorkingDrill {
  readonly executionArn: string;
  readonly options: Pick<ImportOptions, 'newUserPoolId'>;
  readonly drill: Pick<MadePool, 'poolId'>;
}

/**
 * What every function of a restore checks before it works in a drill: that the pool is the one that this very execution
 * made, by its id, its tag and its name. Halt AccessDenied for any other, whatever the execution's state says.
 */
export async function assertOwnPool(
  { executionArn, options, drill }: WorkingDrill,
  deps: { readonly identity: (poolId: string) => Promise<PoolIdentity | undefined>; readonly instanceId: string },
): Promise<void> {
  const { newUserPoolId } = options;
  const identity = newUserPoolId === drill.poolId ? await deps.identity(newUserPoolId) : undefined;
  if (identity?.id === newUserPoolId && isThrowAwayOf(identity, deps.instanceId, executionArn)) return;
  throw new Halt(
    'AccessDenied',
    `The user pool ${newUserPoolId} is none that this drill made: its id, its tag or its name is another one. A drill writes to no other pool; nothing was written.`,
  );
}
