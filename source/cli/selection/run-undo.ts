import { selectionKeys } from '../../domain/import/plan/selection-keys.ts';
import { selectionRequestShape } from '../../domain/import/selection/request.ts';
import { resultRowsIn } from '../../domain/operator/selection/rows.ts';
import { kindOfRow } from '../../domain/operator/selection/selected-things.ts';
import { parseJson } from '../../domain/state/json-object.ts';
import { counted } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext, CommandAction } from '../context.ts';
import { typedPool, typedValue } from '../given.ts';
import { openSession } from '../session.ts';
import { assertAskable } from './agree.ts';
import { assertPoolWritable } from './assert-pool-writable.ts';
import { changePool } from './change-pool.ts';
import { assertSelectionId, noSelection, poolOfSelection } from './find-selection.ts';
import { poolPlace, storedAt } from './pool-place.ts';
import type { PoolPlace } from './pool-place.ts';
import type { PoolChangeGiven } from './selection-options.ts';
import { FEW, nameOf } from './show-differences.ts';

/** Puts back what a selection has overwritten. */
export const runUndo: CommandAction = async (context, { args: [wanted = ''], options }) => {
  const given = options as PoolChangeGiven;
  assertAskable(context, given);
  const id = await typedValue(context, 'id', wanted);
  assertSelectionId(id);
  const pool =
    given.to === undefined
      ? await poolOfSelection(context, (await openSession(context, options, { settled: true })).installation, id)
      : await typedPool(context, '--to', given.to);
  const there = await poolPlace(context, options, pool);
  await assertPoolWritable(context, pool, given);
  await assertUndoable(there, id);
  await tellWhatStays(context, there, id);
  return changePool(context, there, {
    request: { users: [], groups: [], existing: 'update', undo: id },
    given,
    withoutRecovery: new Set(),
  });
};

async function assertUndoable(there: PoolPlace, id: string): Promise<void> {
  const { poolId, region } = there;
  const { request: key, undo } = selectionKeys(poolId, id);
  const stored = await storedAt(there, key);
  if (stored === undefined) throw noSelection(id, `the bucket of ${region}, for the pool ${poolId},`);
  const request = parseJson(key, stored, selectionRequestShape);
  if (request.undo !== undefined)
    throw new CliError('refused', {
      thing: `Selection ${id}`,
      found: `it is itself the undo of ${request.undo}`,
      next: 'Nothing was written. Restore the users once more by restore-user instead.',
    });
  if ((await storedAt(there, undo)) === undefined)
    throw new CliError('refused', {
      thing: `Selection ${id}`,
      found: 'it has overwritten nothing, so there is nothing to put back',
      next: 'Nothing was written. Users and groups that it has created stay; its report names them.',
    });
}

/** Users and groups that were made: whoever takes one away does it by hand, and knows why. */
async function tellWhatStays({ output }: CliContext, there: PoolPlace, id: string): Promise<void> {
  const stored = await storedAt(there, selectionKeys(there.poolId, id).results);
  const created = (stored === undefined ? [] : resultRowsIn(stored)).filter(
    (row) => row.result === 'created' && kindOfRow(row) !== 'membership',
  );
  if (created.length === 0) return;
  output.status({
    text: `What was created stays: ${
      created.length > FEW
        ? counted(created.length, 'user or group')
        : created.map((row) => (kindOfRow(row) === 'group' ? `group ${row.group}` : nameOf(row))).join(', ')
    }.`,
    data: { created_stay: created.length },
    lasting: true,
  });
}
