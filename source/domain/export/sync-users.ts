import * as v from 'valibot';
import { listedFederated } from '../backup/federated/federated-users.ts';
import { keyText, userKey } from '../backup/items.ts';
import { isNamed } from '../errors.ts';
import { FEDERATED_STATUS, signInAttributeOf } from '../model.ts';
import type { PoolUser } from '../model.ts';
import type { Page, UserPoolReader } from '../ports.ts';
import { Ledger } from '../digests/ledger.ts';
import {
  backToSingle,
  CHAINS_AT_A_TIME,
  ChainWatch,
  filtersAreOfNoUse,
  fullPageOfPrefix,
  listingShape,
  missesKnown,
  missesUsers,
  onWithSingle,
  shownAgain,
  singleListing,
  splitByPrefix,
} from './listing-scope.ts';
import type { ListingChain } from './listing-scope.ts';
import { forEachAtOnce } from '../concurrency.ts';
import { FederatedSpool, federatedSpoolShape } from './federated-spool.ts';
import { listingUsers } from './figures.ts';
import { lacksSignIn, PageItems } from './page-items.ts';
import { followChain, withToken } from '../listing/page-chain.ts';
import { FILTERS_ARE_SPARSE, prefixFilter } from '../listing/user-chains.ts';
import type { Progress } from '../state/progress.ts';
import { claimExportProgress, exportLedgerShape, listingCountsShape } from './progress.ts';
import { countShape } from '../state/shape.ts';
import { isStaged, Run } from './run.ts';
import { stagedShape, Staging } from './staging.ts';
import { workSlice } from '../state/slice.ts';
import { workThenSave } from '../state/step.ts';
import type { StepDeps } from '../state/step.ts';
import { bySize, noteTooLarge, tooLargeShape } from './too-large.ts';
import type { TooLargeUsers } from './too-large.ts';
import { writeChanged } from './write-changed.ts';

/** Name of its checkpoint. */
export const SYNC_USERS_CHECKPOINT = 'users';

export const usersStateShape = v.object({
  listing: listingShape,
  users: exportLedgerShape,
  federated: exportLedgerShape,
  /** What is kept of these; absent in what versions before 2.1 stored. */
  federatedSpool: v.exactOptional(federatedSpoolShape),
  /** Not in `users`; absent in what versions before 2.1 stored. */
  tooLarge: v.exactOptional(tooLargeShape),
  /** Absent while the run writes to the table as it lists. */
  staged: v.exactOptional(stagedShape),
  counts: listingCountsShape,
  /** Users of whom it is unknown by which of two addresses they sign in; absent where there are none. */
  signInUnknown: v.exactOptional(countShape),
  done: v.boolean(),
});
/** Checkpoint of SyncUsers. */
export type UsersState = v.InferOutput<typeof usersStateShape>;

/** What SyncUsers needs. */
export interface SyncUsersDeps extends StepDeps {
  readonly pool: Pick<UserPoolReader, 'listUsersPage' | 'signsIn'>;
}

/** What the state machine sees. */
export interface SyncUsersResult {
  readonly done: boolean;
  /** Distinct users so far, without federated ones. */
  readonly listed: number;
  readonly added: number;
  readonly changed: number;
  /** Federated users. */
  readonly skipped: number;
}

/**
 * SyncUsers: lists the pool and stages (or, in the first run, writes) the users that are new or changed, until the
 * listing is complete or the slice over. What it saw goes to the ledger, by which the clean-up later knows what is gone.
 */
export async function syncUsers(
  deps: SyncUsersDeps,
  { runId, callsPerSecond }: { readonly runId: string; readonly callsPerSecond: number },
): Promise<SyncUsersResult> {
  const run = await Run.join(deps, runId);
  const progress = await claimExportProgress<UsersState>(deps, run, SYNC_USERS_CHECKPOINT, {
    shape: usersStateShape,
    initial: () => ({
      listing: singleListing(),
      users: [],
      federated: [],
      federatedSpool: [],
      counts: { listed: 0, added: 0, changed: 0, skipped: 0, pages: 0 },
      done: false,
    }),
    figures: (listed) => listingUsers(run.facts, listed),
  });
  const { state } = progress;
  if (!state.done) await new UserListing(deps, run, progress, callsPerSecond).work();
  const { listed, added, changed, skipped } = state.counts;
  return { done: state.done, listed, added, changed, skipped };
}

/** What a page adds to. */
interface Seen {
  readonly users: Ledger;
  readonly federated: Ledger;
  /** Absent in a listing that a version before 2.1 began. */
  readonly federatedSpool: FederatedSpool | undefined;
  readonly staging: Staging | undefined;
}

class UserListing {
  readonly #listed: PageItems;
  readonly #sliceOver: () => boolean;
  readonly #watch: ChainWatch;

  constructor(
    private readonly deps: SyncUsersDeps,
    private readonly run: Run,
    private readonly progress: Progress<UsersState>,
    callsPerSecond: number,
  ) {
    this.#listed = new PageItems(deps, run);
    this.#sliceOver = workSlice(deps.clock, deps.timeLeft);
    this.#watch = new ChainWatch(deps.clock, callsPerSecond, run.facts.estimatedUsers);
  }

  async work(): Promise<void> {
    const { state } = this.progress;
    const { objects } = this.deps;
    const users = await Ledger.load(objects, 'users', state.users);
    const federated = await Ledger.load(objects, 'federated', state.federated);
    const federatedSpool = state.federatedSpool === undefined ? undefined : new FederatedSpool(state.federatedSpool);
    const staging = isStaged(this.run.facts) ? await Staging.load(objects, (state.staged ??= [])) : undefined;
    const appendices = [users, federated, federatedSpool, staging].filter((appendix) => appendix !== undefined);
    await workThenSave(
      this.progress,
      () => state.counts.pages,
      () =>
        this.progress.gather(appendices, async () => {
          while (!state.done && !this.#sliceOver()) await this.#listOn({ users, federated, federatedSpool, staging });
        }),
    );
  }

  /** Lists with the present scope until that is complete, should change, or the slice is over. */
  async #listOn(seen: Seen): Promise<void> {
    const { listing } = this.progress.state;
    const todo = listing.chains.filter((chain) => !chain.done);
    try {
      await forEachAtOnce(todo, CHAINS_AT_A_TIME, (chain, failed) => this.#follow(chain, failed, seen));
    } catch (error) {
      if (listing.mode === 'single' || !isNamed(error, 'FilterRefused')) throw error;
      this.deps.log.warn('Cognito refused the listing by the first digit of sub; one chain lists all users instead.');
      backToSingle(listing);
      return;
    }
    if (listing.chains.every(({ done }) => done))
      this.#finish(seen.users.size + seen.federated.size + this.#tooLarge.length);
    else if (filtersAreOfNoUse(listing)) {
      this.deps.log.warn(FILTERS_ARE_SPARSE);
      onWithSingle(listing);
      await this.progress.save();
    } else if (this.#splits) splitByPrefix(listing, this.#watch.lastShown);
  }

  get #tooLarge(): TooLargeUsers {
    return (this.progress.state.tooLarge ??= []);
  }

  get #splits(): boolean {
    const { mode, singleOnly } = this.progress.state.listing;
    return mode === 'single' && !singleOnly && this.#watch.shouldSplit;
  }

  #follow(chain: ListingChain, failed: () => boolean, seen: Seen): Promise<void> {
    const { pool } = this.deps;
    const { listing } = this.progress.state;
    let onPage = 0;
    const fetch = (token: string | undefined): Promise<Page<PoolUser>> =>
      pool.listUsersPage(this.run.facts.userPoolId, { ...prefixFilter(chain.prefix), ...withToken(token) });
    return followChain<PoolUser>(chain, {
      fetch,
      apply: async (page) => {
        const subs = page.map(({ sub }) => sub);
        this.#watch.sawPage(subs);
        await this.#store(page, seen, async () => (await fetch(chain.token)).items);
        shownAgain(listing, subs);
        onPage = subs.length;
      },
      moved: () => {
        if (chain.prefix !== undefined && !chain.done) fullPageOfPrefix(listing, onPage);
        this.progress.saveIfDue();
      },
      stop: () => failed() || this.#sliceOver() || this.#splits || filtersAreOfNoUse(listing),
      prefetch: true,
    });
  }

  /** `lookAgain`: lists the page once more. */
  async #store(
    page: readonly PoolUser[],
    { users, federated, federatedSpool, staging }: Seen,
    lookAgain: () => Promise<readonly PoolUser[]>,
  ): Promise<void> {
    const { state } = this.progress;
    const { counts } = state;
    const signInAttribute = signInAttributeOf(this.run.facts.settings);
    const begunAt = this.deps.clock.now();
    const native = page.filter(({ status }) => status !== FEDERATED_STATUS);
    const { items, stored, asked } = await this.#listed.of(native, lookAgain);
    if (asked > 0) this.#watch.passOver(this.deps.clock.now() - begunAt);
    const sized = bySize(items);
    const written = await writeChanged(this.deps.table, sized.fits, staging, stored);
    staging?.add(written.toStage);
    noteTooLarge(this.#tooLarge, sized, (item) => users.has(item));
    for (const key of sized.fits) {
      if (!users.add(key)) continue;
      counts.listed += 1;
      if (written.added.has(keyText(key))) counts.added += 1;
      if (written.changed.has(keyText(key))) counts.changed += 1;
      if (lacksSignIn(key, signInAttribute)) state.signInUnknown = (state.signInUnknown ?? 0) + 1;
    }
    for (const user of page)
      if (user.status === FEDERATED_STATUS && federated.add(userKey(user.sub))) {
        federatedSpool?.addUser(listedFederated(user));
        counts.skipped += 1;
      }
    counts.pages += 1;
  }

  /**
   * Every chain has ended; several filtered ones are believed only if they found about as many users as Cognito estimates,
   * and nearly all whom the single chain had shown before.
   */
  #finish(listed: number): void {
    const { listing } = this.progress.state;
    const { estimatedUsers } = this.run.facts;
    const missed = missesUsers(listed, estimatedUsers);
    if (listing.mode === 'prefixes' && (missed || missesKnown(listing))) {
      const { of = 0, missing = [] } = listing.again ?? {};
      this.deps.log.warn(
        `The listing by the first digit of sub found fewer users than ${missed ? 'Cognito estimates' : 'one chain had shown before'}; one chain lists all users again.`,
        { listed, estimatedUsers, shownBefore: of, notAgain: missing.length },
      );
      backToSingle(listing);
      return;
    }
    if (missed) this.deps.log.warn('The listing found fewer users than Cognito estimates.', { listed, estimatedUsers });
    this.progress.state.done = true;
  }
}
