import { groupRoleMapKey } from '../../domain/import/plan/group-roles.ts';
import { selectionKeys } from '../../domain/import/plan/selection-keys.ts';
import { newRestoreId } from '../../domain/import/preflight/restore-id.ts';
import type { SelectionRequest } from '../../domain/import/selection/request.ts';
import { selectionDifferencesIn } from '../../domain/operator/selection/rows.ts';
import { thingsOf } from '../../domain/operator/selection/selected-things.ts';
import type { SelectedThing } from '../../domain/operator/selection/selected-things.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { conclude } from '../executions/conclude.ts';
import { followToEnding } from '../executions/follow.ts';
import { startWorkflow } from '../executions/run-execution.ts';
import type { ExitKind } from '../exit-codes.ts';
import { acceptedKeys } from '../given.ts';
import { typed } from '../program.ts';
import type { PoolChange } from './pool-change.ts';
import { store, storedAt } from './pool-place.ts';
import type { PoolPlace } from './pool-place.ts';
import type { PoolChangeGiven } from './selection-options.ts';

/** A selection whose request is stored, and what it would change. */
export interface LookedAt {
  readonly id: string;
  readonly things: readonly SelectedThing[];
}

/** Stores a request under a new id. */
export async function storeRequest(context: CliContext, there: PoolPlace, request: SelectionRequest): Promise<string> {
  const random = (): number => Number.parseInt(context.randomHex(4), 16) / 2 ** 32;
  const id = newRestoreId(context.clock.now(), random);
  await store(context, there, selectionKeys(there.poolId, id).request, request);
  return id;
}

/** The input of ImportWorkflow for a selection. */
export const selectionInput = (
  { poolId }: PoolPlace,
  id: string,
  { tps, groupRoles, accept, snapshot }: PoolChangeGiven,
): Readonly<Record<string, unknown>> => ({
  NewUserPoolId: poolId,
  Selection: selectionKeys(poolId, id).request,
  ...(tps === undefined ? {} : { CognitoTPS: tps }),
  ...(snapshot === undefined ? {} : { SnapshotPrefix: snapshot }),
  ...(groupRoles === true ? { GroupRoleMap: groupRoleMapKey(poolId) } : {}),
  ...acceptedKeys(accept),
});

/** Lets the workflow compare pool and backup, and write nothing; where that does not end well it is told, and how. */
export async function lookFirst(
  context: CliContext,
  there: PoolPlace,
  { request, given }: Pick<PoolChange, 'request' | 'given'>,
): Promise<LookedAt | ExitKind> {
  const id = await storeRequest(context, there, request);
  const { machine, place, poolId } = there;
  const executionArn = await startWorkflow(context, machine, { ...selectionInput(there, id, given), DryRun: true });
  const attach = typed(place, `attach ${executionArn}`);
  const execution = await followToEnding(context, { machine, executionArn, attach });
  if (execution === 'detached') {
    context.output.summary({
      blocks: [{ lines: ['Detached while pool and backup were compared: nothing was written, and nothing will be.'] }],
      data: { outcome: 'detached', selection_id: id, execution_arn: executionArn },
      next: [attach],
    });
    return 'detached';
  }
  if (execution.status !== 'SUCCEEDED') return conclude(context, place, machine, execution);
  const key = selectionKeys(poolId, id).differences;
  const csv = await storedAt(there, key);
  if (csv === undefined)
    throw new CliError('failed', {
      thing: `s3://${machine.bucket}/${key}`,
      found: 'the comparison has ended, but its differences are not there',
      next: 'Nothing was written to the pool. Try again.',
    });
  return { id, things: thingsOf(selectionDifferencesIn(csv)) };
}
