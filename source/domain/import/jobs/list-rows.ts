import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import { restoreUserShape } from '../plan/plan-model.ts';
import type { ChunkPlan } from '../plan/plan-model.ts';
import { nameKey, userContentDigest } from '../../digests/user-content.ts';
import { signInNameFrom } from '../../comparison/matching.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { PageUse } from '../../listing/chains.ts';
import { inOneChainIfRefused, userChains } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import { save, settleOrFollowUp } from './conclude.ts';
import type { JobsRun } from './deps.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { findUser } from '../plan/pool-names.ts';
import { RowCode, RowResults } from './row-results.ts';
import type { JobsState, RowListing } from '../plan/jobs-state.ts';

/** Up to this many users are looked up one by one; for more the whole pool is listed. */
const ONE_BY_ONE = 60;

/** Rows without a result, by the name in the form in which the pool compares names; `content` where names may be taken. */
type Pending = ReadonlyMap<string, { readonly row: number; readonly name: string; readonly content?: Buffer }>;
type Found = (name: string, user: PoolUser) => void;

/**
 * Looks the rows without a result up in the new pool; a listing that does not end in this slice goes on in the next. A row
 * whose name somebody else has is a collision, which only a job that skipped rows makes possible.
 */
export async function listRows(
  run: JobsRun,
  state: JobsState,
  chunk: ChunkPlan,
  sliceOver: () => boolean,
): Promise<JobsState> {
  const results = await RowResults.load(run.deps.objects, state.resultsKey, chunk.users);
  const listing = state.listing ?? { part: 1 };
  const rows = await pendingRows(run, chunk, results, state.namesTaken === true);
  const found: Found = (name, user) => {
    const pending = rows.get(nameKey(name, run.plan.caseSensitive));
    if (pending === undefined) return;
    const ours = pending.content === undefined || pending.content.equals(contentOf(user, run.plan));
    results.set(pending.row, ours ? RowCode.imported : RowCode.collision);
  };
  const few = rows.size <= ONE_BY_ONE && listing.pages === undefined;
  const pages = few && (await eachByName(run, rows, found)) ? undefined : await listAll(run, listing, found, sliceOver);
  if (pages === undefined) return settleOrFollowUp(run, state, chunk, results, listing.part);
  return {
    ...state,
    resultsKey: await save(run, state, results, listing.part),
    listing: { part: listing.part + 1, pages },
  };
}

/** Lists the pool on; undefined at its end. */
async function listAll(
  { plan, deps }: JobsRun,
  { pages }: RowListing,
  found: Found,
  sliceOver: () => boolean,
): Promise<RowListing['pages']> {
  const use: PageUse<PoolUser> = {
    apply: (_id, users) => {
      for (const user of users) found(signInNameFrom(user, plan), user);
      return 0;
    },
    forget: () => undefined,
  };
  let chains = pages?.chains ?? NO_CHAINS;
  const list = async (scope: ListingScope): Promise<RowListing['pages']> => {
    const listing = userChains(deps.pool, plan.newUserPoolId, scope, chains, use);
    await listing.run(sliceOver, () => undefined);
    return listing.done ? undefined : { scope, chains: listing.progress };
  };
  return inOneChainIfRefused(pages?.scope ?? 'prefixes', list, () => {
    chains = NO_CHAINS;
  });
}

async function pendingRows(
  { deps, plan }: JobsRun,
  chunk: ChunkPlan,
  results: RowResults,
  namesTaken: boolean,
): Promise<Pending> {
  const pending = new Map<string, { readonly row: number; readonly name: string; readonly content?: Buffer }>();
  let row = 0;
  for await (const user of readNdjson(deps.objects, chunk.key, restoreUserShape)) {
    const { name } = user;
    if (results.code(row) === RowCode.pending)
      pending.set(nameKey(name, plan.caseSensitive), {
        row,
        name,
        ...(namesTaken ? { content: contentOf(user, plan) } : {}),
      });
    row += 1;
  }
  return pending;
}

/**
 * What tells a user of ours from somebody else of that name. Not the flag, which a later operation sets; not the name itself,
 * which the pool may fold; not a birthdate, which it may keep in another form.
 */
function contentOf({ attributes }: Pick<PoolUser, 'attributes'>, { signInName }: JobsRun['plan']): Buffer {
  const { birthdate: _birthdate, [signInName]: _name, ...rest } = attributes;
  return userContentDigest({ attributes: rest, enabled: true });
}

/** False when a name has characters that the filter language cannot carry. */
async function eachByName({ deps, plan }: JobsRun, rows: Pending, found: Found): Promise<boolean> {
  try {
    for (const { name } of rows.values()) {
      const user = await findUser(deps.pool, plan, name);
      if (user !== undefined) found(name, user);
    }
    return true;
  } catch (error) {
    if (!isNamed(error, 'FilterRefused')) throw error;
    return false;
  }
}
