import { isNamed } from '../../errors.ts';
import type { PoolUser } from '../../model.ts';
import { restoreUserShape } from '../plan/plan-model.ts';
import type { ChunkPlan } from '../plan/plan-model.ts';
import { isOurRow, proofOf } from '../accounts/proof.ts';
import type { RowProof } from '../accounts/proof.ts';
import { nameKey } from '../../digests/user-content.ts';
import { namesAtSignIn } from '../../comparison/matching.ts';
import { NO_CHAINS } from '../../listing/chains.ts';
import type { PageUse } from '../../listing/chains.ts';
import { orInOneChain, userChains } from '../../listing/user-chains.ts';
import type { ListingScope } from '../../listing/user-chains.ts';
import { save, settleOrFollowUp } from './conclude.ts';
import { isLookedAt } from './looked-at.ts';
import type { JobsRun } from './deps.ts';
import { readNdjson } from '../../state/ndjson.ts';
import { usersNamed } from '../plan/pool-names.ts';
import { RowCode, RowResults } from '../accounts/row-results.ts';
import type { JobsState, RowListing } from '../plan/jobs-state.ts';

/** Up to this many users are looked up one by one; for more the whole pool is listed. */
const ONE_BY_ONE = 60;

/**
 * So many pages of the first chunk's listing are stored as one step, so that a stop repeats no more. With ListUsers' 60
 * users per page that is all of it; a pool may show shorter ones.
 */
const PAGES_A_STEP = 20;

/** After these waits accounts that a job told of are looked for once more: listings are eventually consistent. */
const LATE_LISTING_WAITS_MS: readonly number[] = [5_000, 10_000, 15_000];

/** A row that is looked up: what its account would show. */
interface LookedUp {
  readonly row: number;
  readonly sub: string;
  readonly name: string;
  readonly proof: RowProof;
}
/** By the name in the form in which the pool compares names. */
type Rows = ReadonlyMap<string, LookedUp>;
type Found = (names: readonly string[], user: PoolUser) => void;
type Pages = NonNullable<RowListing['pages']>;

/**
 * Looks rows up in the new pool: those without a result, and of the first chunk also those that a job told of. An account
 * with the name of a row is ours if it proves to be, else the row is a collision. A listing that does not end in this
 * slice goes on in the next.
 */
export async function listRows(
  run: JobsRun,
  state: JobsState,
  chunk: ChunkPlan,
  sliceOver: () => boolean,
): Promise<JobsState> {
  const { plan, deps } = run;
  const results = await RowResults.load(deps.objects, state.resultsKey, chunk.users);
  const listing = state.listing ?? { part: 1 };
  const rows = await wantedRows(run, chunk, results);
  const found: Found = (names, user) => {
    const named = names.flatMap((name) => rows.get(nameKey(name, plan.caseSensitive)) ?? []);
    const ours = named.find(({ row, proof }) => {
      const evidence = {
        windows: state.windows ?? [],
        told: results.code(row) === RowCode.imported,
        importsConfirmed: plan.importsConfirmed ?? false,
      };
      return isOurRow(user, proof, evidence, plan.signInName);
    });
    if (ours !== undefined)
      results.setAccount(ours.row, { sub: ours.sub, newSub: user.sub, at: Date.parse(user.created) });
    // Of two accounts that may have the name, one is the row's.
    else for (const { row } of named) if (!results.hasAccount(row)) results.set(row, RowCode.collision);
  };
  const first = isLookedAt(plan, chunk);
  // Nobody but the first, small chunk is in the pool when that one is looked at.
  const scope = first || state.oneChain === true ? 'single' : 'prefixes';
  const few = rows.size <= ONE_BY_ONE && listing.pages === undefined;
  const pages =
    few && (await eachByName(run, rows, found))
      ? undefined
      : await listAll(
          run,
          listing.pages ?? { scope, chains: NO_CHAINS },
          found,
          (read) => sliceOver() || (first && read >= PAGES_A_STEP),
        );
  const next: JobsState = {
    ...state,
    listing: { part: listing.part + 1, ...(pages === undefined ? {} : { pages }) },
    ...(pages !== undefined && pages.scope !== scope ? { oneChain: true } : {}),
  };
  if (pages !== undefined) return { ...next, resultsKey: await save(run, state, results, listing.part) };
  const looks = state.looks ?? 0;
  const wait = LATE_LISTING_WAITS_MS[looks];
  if (results.hasUnshown && first && wait !== undefined) {
    const resultsKey = await save(run, state, results, listing.part);
    return { ...next, resultsKey, looks: looks + 1, dueAt: deps.clock.now() + wait };
  }
  return settleOrFollowUp(run, state, chunk, results, listing.part);
}

/**
 * Lists the pool on, until the slice or the step is over, or one chain has to take the place of several; undefined at its
 * end.
 */
async function listAll(
  { plan, deps }: JobsRun,
  { scope, chains }: Pages,
  found: Found,
  stop: (read: number) => boolean,
): Promise<Pages | undefined> {
  const use: PageUse<PoolUser> = {
    apply: (_id, users) => {
      for (const user of users) found(namesAtSignIn(user, plan), user);
      return 0;
    },
    forget: () => undefined,
  };
  const list = async (): Promise<Pages | undefined> => {
    const listing = userChains(deps.pool, plan.newUserPoolId, scope, chains, use);
    let read = 0;
    await listing.run(
      () => stop(read),
      () => {
        read += 1;
      },
    );
    return listing.done ? undefined : { scope, chains: listing.progress };
  };
  // What was decided is stored before the one chain begins.
  const begun = (single: ListingScope): Promise<Pages> => Promise.resolve({ scope: single, chains: NO_CHAINS });
  return orInOneChain(
    scope,
    deps.log,
    (now) => (now === scope ? list() : begun(now)),
    () => undefined,
  );
}

async function wantedRows({ deps, plan }: JobsRun, chunk: ChunkPlan, results: RowResults): Promise<Rows> {
  const wanted = new Map<string, LookedUp>();
  const alsoTold = isLookedAt(plan, chunk);
  let row = 0;
  for await (const user of readNdjson(deps.objects, chunk.key, restoreUserShape)) {
    const code = results.code(row);
    if (code === RowCode.pending || (alsoTold && code === RowCode.imported && !results.hasAccount(row)))
      wanted.set(nameKey(user.name, plan.caseSensitive), {
        row,
        sub: user.sub,
        name: user.name,
        proof: proofOf(user, plan.signInName),
      });
    row += 1;
  }
  return wanted;
}

/** False when a name has characters that the filter language cannot carry. */
async function eachByName({ deps, plan }: JobsRun, rows: Rows, found: Found): Promise<boolean> {
  try {
    for (const { name } of rows.values()) {
      for (const user of await usersNamed(deps.pool, plan, name)) found([name], user);
    }
    return true;
  } catch (error) {
    if (!isNamed(error, 'FilterRefused')) throw error;
    return false;
  }
}
