import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import type { ChunkPlan, RestoreUser } from '../plan-model.ts';
import { nameKey } from '../planning/expected.ts';
import type { PageUse } from '../reconcile/chains.ts';
import { NO_CHAINS } from '../reconcile/state.ts';
import { userChains } from '../reconcile/user-chains.ts';
import { save, settleOrFollowUp } from './conclude.ts';
import type { JobsRun } from './deps.ts';
import { readNdjson } from './ndjson.ts';
import { findUser, nameOf } from './pool-names.ts';
import { RowCode, RowResults } from './row-results.ts';
import type { JobsState, RowListing } from './state.ts';

/** Up to this many users are looked up one by one; for more the whole pool is listed. */
const ONE_BY_ONE = 60;

/** Rows without a result, by the name in the form in which the pool compares names. */
type Pending = ReadonlyMap<string, { readonly row: number; readonly name: string }>;

/** Looks the rows without a result up in the new pool; a listing that does not end in this slice goes on in the next. */
export async function listRows(run: JobsRun, state: JobsState, chunk: ChunkPlan, over: () => boolean): Promise<JobsState> {
  const results = await RowResults.load(run.deps.store, state.resultsKey, chunk.users);
  const listing = state.listing ?? { part: 1 };
  const rows = await pendingRows(run, chunk, results);
  const found = (name: string): void => {
    const pending = rows.get(nameKey(name, run.plan.caseSensitive));
    if (pending !== undefined) results.set(pending.row, RowCode.imported);
  };
  const few = rows.size <= ONE_BY_ONE && listing.pages === undefined;
  const pages = few && (await eachByName(run, rows, found)) ? undefined : await listAll(run, listing, found, over);
  if (pages === undefined) return settleOrFollowUp(run, state, chunk, results, listing.part);
  return { ...state, resultsKey: await save(run, state, results, listing.part), listing: { part: listing.part + 1, pages } };
}

/** Lists the pool on; undefined at its end. */
async function listAll({ plan, deps }: JobsRun, { pages }: RowListing, found: (name: string) => void, over: () => boolean): Promise<RowListing['pages']> {
  const use: PageUse<PoolUser> = {
    apply: (_id, users) => {
      for (const user of users) found(nameOf(user, plan) ?? '');
      return 0;
    },
    forget: () => undefined,
  };
  const list = async ({ scope, chains }: NonNullable<RowListing['pages']>): Promise<RowListing['pages']> => {
    const listing = userChains(deps.pool, plan.newUserPoolId, scope, chains, use);
    await listing.run(over, () => undefined);
    return listing.done ? undefined : { scope, chains: listing.progress };
  };
  try {
    return await list(pages ?? { scope: 'prefixes', chains: NO_CHAINS });
  } catch (error) {
    if (!isNamed(error, 'FilterRefused') || pages?.scope === 'single') throw error;
    return list({ scope: 'single', chains: NO_CHAINS });
  }
}

async function pendingRows({ deps, plan }: JobsRun, chunk: ChunkPlan, results: RowResults): Promise<Pending> {
  const pending = new Map<string, { readonly row: number; readonly name: string }>();
  let row = 0;
  for await (const { name } of readNdjson<RestoreUser>(deps.store, chunk.key)) {
    if (results.code(row) === RowCode.pending) pending.set(nameKey(name, plan.caseSensitive), { row, name });
    row += 1;
  }
  return pending;
}

/** False when a name has characters that the filter language cannot carry. */
async function eachByName({ deps, plan }: JobsRun, rows: Pending, found: (name: string) => void): Promise<boolean> {
  try {
    for (const { name } of rows.values()) if ((await findUser(deps.pool, plan, name)) !== undefined) found(name);
    return true;
  } catch (error) {
    if (!isNamed(error, 'FilterRefused')) throw error;
    return false;
  }
}
