import type { CliContext, Given } from '../context.ts';
import { assertRunId, assertSnapshotUrl, typedPool } from '../given.ts';
import { assertAskable } from './agree.ts';
import { assertPoolWritable } from './assert-pool-writable.ts';
import { namesGiven } from './names-given.ts';
import { poolPlace } from './pool-place.ts';
import type { PoolPlace } from './pool-place.ts';
import { runsToSearch } from './runs-to-search.ts';
import type { RunsToSearch } from './runs-to-search.ts';
import type { SelectionGiven } from './selection-options.ts';

/** Which users or groups are to be restored into which pool, and where they are looked for. */
export interface AskedSelection<T extends SelectionGiven> {
  readonly given: T;
  readonly names: readonly string[];
  readonly there: PoolPlace;
  readonly searched: RunsToSearch;
}

/** What is named of an asked selection, whatever it is. */
export type AskedNames = Pick<AskedSelection<SelectionGiven>, 'given' | 'names' | 'searched'>;

/** What restore-user and restore-group begin with: all that can be said before any snapshot is read. @throws CliError */
export async function askedSelection<T extends SelectionGiven>(
  context: CliContext,
  things: 'users' | 'groups',
  { args, options }: Given,
): Promise<AskedSelection<T>> {
  const given = options as unknown as T;
  assertAskable(context, given);
  assertSnapshotUrl(given.snapshot);
  if (given.snapshot !== undefined) assertRunId(given.run);
  const pool = await typedPool(context, '--to', given.to);
  const names = await namesGiven(context, { things, args, fromFile: given.fromFile });
  const there = await poolPlace(context, options, pool);
  await assertPoolWritable(context, pool, given);
  return { given, names, there, searched: await runsToSearch(context, there, given) };
}
