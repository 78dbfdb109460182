import { providerTypeOf } from './identities.ts';
import { Fault } from '../../../source/domain/errors.ts';
import type { MfaSettings, PoolRecoveries, PoolUser, UserPoolDescription } from '../../../source/domain/model.ts';
import type { Page, Random, UserPoolReader } from '../../../source/domain/ports.ts';
import type { ServiceCalls } from '../service-calls.ts';
import { matchesFilter, parseFilter } from './filter.ts';
import { PageTokens } from './page-tokens.ts';
import { poolOf } from './pool.ts';
import type { PoolListings, Placed } from './pool.ts';
import { RecoveryLedger } from './recoveries.ts';

/** How listings behave. */
export interface ListingKnobs {
  /** Cognito's largest page. */
  pageSize: number;
  /** Share of pages that are short, or empty, although more follow. */
  shortPages: number;
  emptyPages: number;
  /** Milliseconds for which a token is valid. */
  tokenTtlMs: number;
  /** True: a token says how many entries to leave out, so that whatever is removed before it hides one that follows. */
  offsetTokens: boolean;
  /** False: ListUsers refuses every filter on `sub`. */
  subFilter: boolean;
  /** True: a filter by the beginning of a value is applied to the pages that were cut without it. */
  filterAfterPaging: boolean;
  /** Users whom ListUsers does not show yet: it is eventually consistent. */
  hides: (user: PoolUser) => boolean;
  /** False: the role may not ask for AWS's own recoveries. */
  mayListRecoveries: boolean;
  /** How AdminListGroupsForUser takes addresses: whether it finds users by them is not documented. */
  probes: 'byAddress' | 'byUsernameOnly' | 'refused';
}

/** Listings and descriptions of simulated pools; calls are named `cognito.describe`, `cognito.listUsersPage`, ... */
export class SimulatedPoolReader implements UserPoolReader {
  readonly knobs: ListingKnobs = {
    pageSize: 60,
    shortPages: 0,
    emptyPages: 0,
    tokenTtlMs: 3_600_000,
    offsetTokens: false,
    subFilter: true,
    filterAfterPaging: false,
    hides: () => false,
    mayListRecoveries: true,
    probes: 'byAddress',
  };
  /** AWS's own recoveries, by the id of the pool. */
  readonly recoveryLedger: RecoveryLedger;
  readonly #tokens: PageTokens;

  constructor(
    private readonly calls: ServiceCalls,
    private readonly pools: ReadonlyMap<string, PoolListings>,
    private readonly random: Random,
  ) {
    this.recoveryLedger = new RecoveryLedger(() => calls.clock.now());
    this.#tokens = new PageTokens(() => calls.clock.now(), random);
  }

  describe = (poolId: string): Promise<UserPoolDescription> =>
    this.#call(
      'describe',
      poolId,
      ({ id, name, settings: { mfa: _asked, identityProviders: _providers, ...settings }, size }) => ({
        id,
        name,
        region: id.split('_')[0] as string,
        settings,
        deletionProtected: settings.deletionProtected !== false,
        acceptsSignUps: settings.acceptsSignUps === true,
        importsConfirmed: (settings.passwordless ?? []).length > 0,
        estimatedNumberOfUsers: size,
      }),
    );

  mfaSettings = (poolId: string): Promise<MfaSettings> =>
    this.#call('mfaSettings', poolId, ({ settings: { mfa = { factors: [] } } }) => mfa);

  identityProviders = (poolId: string): Promise<ReadonlyMap<string, string>> =>
    this.#call(
      'identityProviders',
      poolId,
      ({ settings: { identityProviders = [] } }) =>
        new Map(identityProviders.map(({ name, type = providerTypeOf(name) }) => [name, type])),
    );

  mappedAttributes = (poolId: string, provider: string): Promise<readonly string[]> =>
    this.#call(
      'mappedAttributes',
      poolId,
      ({ settings: { identityProviders = [] } }) =>
        identityProviders.find(({ name }) => name === provider)?.mapped ?? [],
    );

  recoveries = (poolId: string): Promise<PoolRecoveries> =>
    this.#call('recoveries', poolId, () =>
      this.knobs.mayListRecoveries ? this.recoveryLedger.list(poolId).slice(0, this.knobs.pageSize) : 'unknown',
    );

  listUsersPage = (
    poolId: string,
    { filter, token, limit }: { readonly filter?: string; readonly token?: string; readonly limit?: number },
  ): Promise<Page<PoolUser>> =>
    this.#call('listUsersPage', poolId, (pool) => {
      const wanted = filter === undefined ? undefined : parseFilter(filter);
      if (wanted?.attribute === 'sub' && !this.knobs.subFilter)
        throw new Fault('FilterRefused', 'Cognito refused the filter.');
      const passes = (user: PoolUser): boolean => wanted === undefined || matchesFilter(wanted, user);
      const listing = `users ${poolId} ${filter ?? ''}`;
      // A filter by a whole value names few users: it is taken for a look-up.
      if (this.knobs.filterAfterPaging && wanted?.operator === '^=') {
        const cut = this.#page(listing, { token, limit }, (after) =>
          filtered(pool.usersAfter(after, undefined), this.#consistent),
        );
        return { ...cut, items: cut.items.filter(passes) };
      }
      return this.#page(listing, { token, limit }, (after) =>
        filtered(pool.usersAfter(after, wanted), (user) => passes(user) && this.#consistent(user)),
      );
    });

  listGroupsPage = (
    poolId: string,
    { token, limit }: { readonly token?: string; readonly limit?: number },
  ): ReturnType<UserPoolReader['listGroupsPage']> =>
    this.#call('listGroupsPage', poolId, (pool) =>
      this.#page(`groups ${poolId}`, { token, limit }, (after) => pool.groupsAfter(after)),
    );

  listUsersInGroupPage = (
    poolId: string,
    group: string,
    { token }: { readonly token?: string },
  ): Promise<Page<PoolUser>> =>
    this.#call('listUsersInGroupPage', poolId, (pool) =>
      this.#page(`members ${poolId} ${group}`, { token }, (after) => pool.membersAfter(group, after)),
    );

  signsIn = (poolId: string, name: string): Promise<'yes' | 'no' | 'refused'> =>
    this.#call('signsIn', poolId, (pool) => {
      if (this.knobs.probes === 'refused') return 'refused';
      const found = pool.find(name);
      const named = this.knobs.probes === 'byAddress' || found?.username === name || found?.sub === name;
      return found !== undefined && named ? 'yes' : 'no';
    });

  #call<T>(method: string, poolId: string, effect: (pool: PoolListings) => T): Promise<T> {
    return this.calls.run(`cognito.${method}`, () => effect(poolOf(this.pools, poolId)), { poolId });
  }

  #page<T>(
    listing: string,
    { token, limit }: { readonly token: string | undefined; readonly limit?: number | undefined },
    from: (after: number) => Iterable<Placed<T>>,
  ): Page<T> {
    const { pageSize, emptyPages, shortPages, offsetTokens, tokenTtlMs } = this.knobs;
    const after = token === undefined ? 0 : this.#tokens.open(listing, token, tokenTtlMs);
    let size = Math.min(limit ?? pageSize, pageSize);
    if (this.random() < emptyPages) size = 0;
    else if (this.random() < shortPages) size = Math.min(size, 1 + Math.floor(this.random() * size));
    // One more than the page holds, to know whether there is one.
    const found = offsetTokens ? first(from(0), after + size + 1).slice(after) : first(from(after), size + 1);
    const page = found.slice(0, size);
    const items = page.map(({ value }) => value);
    if (found.length <= size) return { items };
    const place = offsetTokens ? after + page.length : (page.at(-1)?.place ?? after);
    return { items, next: this.#tokens.seal(listing, place) };
  }

  #consistent = (user: PoolUser): boolean => !this.knobs.hides(user);
}

function* filtered<T>(entries: Iterable<Placed<T>>, shown: (value: T) => boolean): Generator<Placed<T>> {
  for (const entry of entries) if (shown(entry.value)) yield entry;
}

function first<T>(entries: Iterable<T>, count: number): T[] {
  const found: T[] = [];
  for (const entry of entries) if (found.push(entry) === count) break;
  return found;
}
