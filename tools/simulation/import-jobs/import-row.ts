import { newUser } from '../cognito/new-user.ts';
import type { SimulatedPool } from '../cognito/pool.ts';
import type { ImportJobSettings } from './options.ts';
import { checkRow } from './row-check.ts';
import { rowOutcomes } from './rows.ts';
import type { RowResult } from './rows.ts';

/** Imports one row into a simulated pool. */
export function importRow(
  pool: SimulatedPool,
  row: string,
  header: readonly string[],
  options: ImportJobSettings,
  now: number,
): Pick<RowResult, 'outcome' | 'reason'> {
  const user = checkRow(row, header, pool.settings, options);
  if ('refused' in user) return { outcome: 'FAILED', reason: user.refused };
  if (pool.find(user.username) !== undefined) return rowOutcomes.exists;
  const created = newUser(pool, { ...user, now });
  if ('sub' in created) return rowOutcomes.imported;
  return created.refused === 'AliasExistsException' ? rowOutcomes.aliasTaken : rowOutcomes.outsideSchema;
}
