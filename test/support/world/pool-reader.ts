import { Fault, Halt } from '../../../source/domain/errors.ts';
import type { PoolUser, UserPoolDescription } from '../../../source/domain/model.ts';
import type { Page, Random, UserPoolReader } from '../../../source/domain/ports.ts';
import type { Calls } from './calls.ts';
import type { MemoryPool } from './pool.ts';

/** How listings of the in-memory pools behave. */
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
  /** Milliseconds for which ListUsers does not show a new user: it is eventually consistent. */
  lagMs: number;
}

/** Listings and descriptions of in-memory pools; calls are named `cognito.describe`, `cognito.listUsersPage`, ... */
export class MemoryPoolReader implements UserPoolReader {
  readonly knobs: ListingKnobs = {
    pageSize: 60,
    shortPages: 0,
    emptyPages: 0,
    tokenTtlMs: 3_600_000,
    offsetTokens: false,
    subFilter: true,
    lagMs: 0,
  };
  /** What every call waits for before it is made; the product's pacer in tests of speed. */
  pacer: { take(): Promise<void> } | undefined;

  constructor(
    private readonly calls: Calls,
    private readonly pools: ReadonlyMap<string, MemoryPool>,
    private readonly random: Random,
  ) {}

  describe = (poolId: string): Promise<UserPoolDescription> =>
    this.paced('cognito.describe', () => {
      const pool = poolOf(this.pools, poolId);
      return {
        id: pool.id,
        name: pool.name,
        region: pool.region,
        settings: pool.settings,
        estimatedNumberOfUsers: pool.users.size,
      };
    });

  listUsersPage = (
    poolId: string,
    { filter, token, limit }: { readonly filter?: string; readonly token?: string; readonly limit?: number },
  ): Promise<Page<PoolUser>> =>
    this.paced('cognito.listUsersPage', () => {
      const pool = poolOf(this.pools, poolId);
      const wanted = this.#filter(filter);
      return this.#page(`users ${poolId} ${filter ?? ''}`, token, limit, (after, size) => {
        const listing = pool.listing();
        const found: { sequence: number; value: PoolUser }[] = [];
        for (let at = indexAfter(listing, after); at < listing.length && found.length <= size; at += 1) {
          const held = listing[at] as (typeof listing)[number];
          if (wanted(held.user) && this.#shown(held.user)) found.push({ sequence: held.sequence, value: held.user });
        }
        return found;
      });
    });

  listGroupsPage = (
    poolId: string,
    { token, limit }: { readonly token?: string; readonly limit?: number },
  ): ReturnType<UserPoolReader['listGroupsPage']> =>
    this.paced('cognito.listGroupsPage', () => {
      const groups = [...poolOf(this.pools, poolId).groups.values()].map(({ group }, index) => ({
        sequence: index + 1,
        value: group,
      }));
      return this.#page(`groups ${poolId}`, token, limit, (after) => groups.filter((entry) => entry.sequence > after));
    });

  listUsersInGroupPage = (
    poolId: string,
    group: string,
    { token }: { readonly token?: string },
  ): Promise<Page<PoolUser>> =>
    this.paced('cognito.listUsersInGroupPage', () => {
      const pool = poolOf(this.pools, poolId);
      const members = [...(pool.groups.get(group)?.members ?? [])].flatMap(([username, sequence]) => {
        const user = pool.users.get(username)?.user;
        return user === undefined ? [] : [{ sequence, value: user }];
      });
      return this.#page(`members ${poolId} ${group}`, token, undefined, (after) =>
        members.filter((entry) => entry.sequence > after),
      );
    });

  protected async paced<T>(call: string, effect: () => T): Promise<T> {
    await this.pacer?.take();
    return this.calls.run(call, effect);
  }

  #page<T>(
    chain: string,
    token: string | undefined,
    limit: number | undefined,
    from: (after: number, size: number) => readonly { readonly sequence: number; readonly value: T }[],
  ): Page<T> {
    const after = token === undefined ? 0 : this.#open(chain, token);
    let size = Math.min(limit ?? this.knobs.pageSize, this.knobs.pageSize);
    if (this.random() < this.knobs.emptyPages) size = 0;
    else if (this.random() < this.knobs.shortPages) size = Math.min(size, 1 + Math.floor(this.random() * size));
    const { offsetTokens } = this.knobs;
    const found = offsetTokens ? from(0, after + size).slice(after) : from(after, size);
    const items = found.slice(0, size);
    if (found.length <= size) return { items: items.map(({ value }) => value) };
    return {
      items: items.map(({ value }) => value),
      next: this.#seal(chain, offsetTokens ? after + items.length : (items.at(-1)?.sequence ?? after)),
    };
  }

  #seal = (chain: string, after: number): string =>
    Buffer.from(JSON.stringify([chain, after, this.calls.clock.now(), this.random()])).toString('base64');

  #open(chain: string, token: string): number {
    const refused = new Fault('InvalidPaginationToken', 'Cognito refused the pagination token.');
    let parsed: unknown;
    try {
      parsed = JSON.parse(Buffer.from(token, 'base64').toString('utf8'));
    } catch {
      throw refused;
    }
    const [of, after, at] = parsed as [string, number, number];
    if (of !== chain || this.calls.clock.now() - at > this.knobs.tokenTtlMs) throw refused;
    return after;
  }

  #shown = ({ created }: PoolUser): boolean =>
    this.knobs.lagMs === 0 || Date.parse(created) + this.knobs.lagMs <= this.calls.clock.now();

  #filter(filter: string | undefined): (user: PoolUser) => boolean {
    if (filter === undefined) return () => true;
    const [, name, operator, quoted] = /^\s*"?([\w:]+)"?\s*(\^=|=)\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(filter) ?? [];
    if (name === undefined || quoted === undefined || (name === 'sub' && !this.knobs.subFilter))
      throw new Fault('FilterRefused', 'Cognito refused the filter.');
    const value = quoted.replaceAll(/\\(.)/g, '$1');
    const valueOf = (user: PoolUser): string | undefined =>
      name === 'username'
        ? user.username
        : name === 'cognito:user_status'
          ? user.status
          : name === 'status'
            ? user.enabled
              ? 'Enabled'
              : 'Disabled'
            : user.attributes[name];
    return operator === '=' ? (user) => valueOf(user) === value : (user) => valueOf(user)?.startsWith(value) ?? false;
  }
}

export function poolOf(pools: ReadonlyMap<string, MemoryPool>, poolId: string): MemoryPool {
  const pool = pools.get(poolId);
  if (pool === undefined) throw new Halt('UserPoolNotFound', `The user pool ${poolId} does not exist in this Region.`);
  pool.onAccess();
  return pool;
}

function indexAfter(listing: readonly { readonly sequence: number }[], after: number): number {
  let low = 0;
  let high = listing.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((listing[middle] as { sequence: number }).sequence > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
