import { isNamed } from '../../errors.ts';
import type { ChunkPlan, RestoreUser } from '../plan-model.ts';
import { save, settleOrFollowUp } from './conclude.ts';
import type { JobsRun } from './deps.ts';
import { readNdjson } from './ndjson.ts';
import { findUser, nameOf } from './pool-names.ts';
import { RowCode, RowResults } from './row-results.ts';
import type { JobsState, RowListing } from './state.ts';

/** Up to this many users are looked up one by one; for more the whole pool is listed. */
const ONE_BY_ONE = 60;
const MAX_TOKEN_RESTARTS = 20;

/** Looks the rows without a result up in the new pool; a listing that does not end in this slice goes on in the next. */
export async function listRows(run: JobsRun, state: JobsState, chunk: ChunkPlan, over: () => boolean): Promise<JobsState> {
  const { deps } = run;
  const results = await RowResults.load(deps.store, state.resultsKey, chunk.users);
  const listing = state.listing ?? { part: 1, restarts: 0 };
  const rows = await pendingNames(run, chunk, results);
  const found = (name: string): void => {
    const row = rows.get(name);
    if (row !== undefined) results.set(row, RowCode.imported);
  };
  if (rows.size <= ONE_BY_ONE && listing.token === undefined && (await eachByName(run, rows, found))) return settleOrFollowUp(run, state, chunk, results, listing.part);

  let at: RowListing = listing;
  do {
    const next = await listPage(run, at, found);
    if (next === undefined) return settleOrFollowUp(run, state, chunk, results, listing.part);
    at = next;
  } while (!over());
  return { ...state, resultsKey: await save(run, state, results, listing.part), listing: { ...at, part: listing.part + 1 } };
}

/** One page of the whole pool; undefined after the last one. A refused token starts the listing anew. */
async function listPage({ plan, deps }: JobsRun, at: RowListing, found: (name: string) => void): Promise<RowListing | undefined> {
  try {
    const page = await deps.pool.listUsersPage(plan.newUserPoolId, at.token === undefined ? {} : { token: at.token });
    for (const user of page.items) found(nameOf(user, plan) ?? '');
    return page.next === undefined ? undefined : { ...at, token: page.next };
  } catch (error) {
    if (!isNamed(error, 'InvalidPaginationToken') || at.restarts >= MAX_TOKEN_RESTARTS) throw error;
    return { part: at.part, restarts: at.restarts + 1 };
  }
}

async function pendingNames({ deps }: JobsRun, chunk: ChunkPlan, results: RowResults): Promise<Map<string, number>> {
  const names = new Map<string, number>();
  let row = 0;
  for await (const user of readNdjson<RestoreUser>(deps.store, chunk.key)) {
    if (results.code(row) === RowCode.pending) names.set(user.name, row);
    row += 1;
  }
  return names;
}

/** False when a name has characters that the filter language cannot carry. */
async function eachByName({ deps, plan }: JobsRun, rows: ReadonlyMap<string, number>, found: (name: string) => void): Promise<boolean> {
  try {
    for (const name of rows.keys()) if ((await findUser(deps.pool, plan, name)) !== undefined) found(name);
    return true;
  } catch (error) {
    if (!isNamed(error, 'FilterRefused')) throw error;
    return false;
  }
}
