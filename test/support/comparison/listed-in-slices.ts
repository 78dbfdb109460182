import { expect } from 'chai';
import { encodeExpectedMembership, encodeExpectedUser } from '../../../source/domain/comparison/expected-records.ts';
import { membersAgainst, usersAgainst } from '../../../source/domain/comparison/list-against.ts';
import { isDifferent, isMissing, Mark } from '../../../source/domain/comparison/mark.ts';
import { Marks } from '../../../source/domain/comparison/marks.ts';
import type { Expected } from '../../../source/domain/comparison/marks.ts';
import { membershipDigest, userDigest } from '../../../source/domain/comparison/matching.ts';
import { nameKey, userContentDigest } from '../../../source/domain/digests/user-content.ts';
import { Fault } from '../../../source/domain/errors.ts';
import { NO_CHAINS } from '../../../source/domain/listing/chains.ts';
import type { Chains } from '../../../source/domain/listing/chains.ts';
import type { PoolUser } from '../../../source/domain/model.ts';
import type { Page } from '../../../source/domain/ports.ts';
import { World } from '../world/world.ts';
import { GROUPS, nameOfPerson } from './cases.ts';
import type { Case, Person } from './cases.ts';
import { naiveComparison } from './naive.ts';
import type { Found } from './naive.ts';

const POOL = 'eu-west-1_Compared1';

/** How the listing goes. */
export interface Disturbance {
  readonly scope: 'prefixes' | 'single';
  readonly pageSize: number;
  /** Pages before a slice ends. */
  readonly slice: number;
  /** Numbers of the requests that are refused, where they have a token. */
  readonly refused: readonly number[];
}

/** The comparison as the functions make it: slice by slice, from what is stored. */
export class ListedInSlices {
  readonly #objects = new World().objects;
  #expected: Expected | undefined;
  #requests = 0;

  constructor(
    private readonly of: Case,
    private readonly how: Disturbance,
  ) {}

  async compare(): Promise<Found> {
    const { backup, foreign } = this.of;
    await this.#write();
    const marks = await this.#load();
    marks.users.forEach((_mark, ordinal) => {
      if (foreign.has(marks.expectedUser(ordinal).sub)) marks.users[ordinal] = Mark.foreign;
    });
    await this.#objects.put('marks', marks.snapshot());
    const extra = await this.#users();
    const extraMemberships = await this.#members();
    const { users, memberships } = await this.#load();
    const subs = (which: (mark: number) => boolean): string[] =>
      backup.filter((_one, ordinal) => which(users[ordinal] as number)).map(({ user }) => user.sub);
    return {
      missing: subs(isMissing),
      different: subs(isDifferent),
      extra,
      missingMemberships: this.#memberships()
        .filter((_one, ordinal) => !memberships.has(ordinal))
        .map(({ user, group }) => `${user.sub} ${group}`),
      extraMemberships,
    };
  }

  #memberships(): { readonly user: PoolUser; readonly group: string }[] {
    return this.of.backup.flatMap(({ user, groups: in_ }) => [...in_].map((group) => ({ user, group })));
  }

  async #write(): Promise<void> {
    const { rule, caseSensitive, holders, backup } = this.of;
    const matching = {
      bySub: rule === 'sub',
      signInName: rule === 'email' ? rule : 'username',
      caseSensitive,
    } as const;
    const users = backup.map(({ user }) =>
      encodeExpectedUser({
        digest: userDigest(user, matching),
        contentDigest: userContentDigest(user),
        sub: user.sub,
        own: [-1, 0],
      }),
    );
    const memberships = this.#memberships().map(({ user, group }) =>
      encodeExpectedMembership({
        digest: membershipDigest(
          group,
          holders === 'sub' ? user.sub : nameKey(nameOfPerson(user, rule), caseSensitive),
        ),
        own: 0,
      }),
    );
    for (const [index, record] of users.entries()) await this.#objects.put(`users-${index}`, record);
    await this.#objects.put('memberships', Buffer.concat(memberships));
    this.#expected = {
      matching,
      holders,
      users: { keys: users.map((_user, index) => `users-${index}`), count: users.length },
      memberships: { keys: ['memberships'], count: memberships.length },
      advice: '',
    };
  }

  #load(): Promise<Marks> {
    const known = this.#objects.stored.has('marks') ? 'marks' : undefined;
    return Marks.load(this.#objects, this.#expected as Expected, known);
  }

  /** Runs chains slice by slice; between two slices everything but the stored marks and the chains' progress is gone. */
  async #slices<T>(chainsOf: (marks: Marks, chains: typeof NO_CHAINS) => Chains<T>): Promise<void> {
    for (let at = NO_CHAINS; ;) {
      const marks = await this.#load();
      const chains = chainsOf(marks, at);
      let left = this.how.slice;
      await chains.run(
        () => left <= 0,
        () => {
          left -= 1;
        },
      );
      await this.#objects.put('marks', marks.snapshot());
      if (chains.done) return;
      at = structuredClone(chains.progress);
    }
  }

  async #users(): Promise<string[]> {
    const { scope } = this.how;
    const extra = new Set<string>();
    let count = 0;
    const seen = new Set<number>();
    await this.#slices((marks, chains) => {
      const looked = new Set<PoolUser>();
      return usersAgainst(
        marks,
        { pool: { listUsersPage: this.#listUsersPage }, poolId: POOL, chains, scope },
        {
          look: (user) => Promise.resolve(void looked.add(user)),
          found: (user, { ordinal }, first) => {
            expect(looked.has(user)).to.equal(true);
            expect(first).to.equal(!seen.has(ordinal));
            seen.add(ordinal);
          },
          extra: ({ sub }) => {
            extra.add(sub);
            count += 1;
          },
          forgetExtra: (forgotten) => {
            count -= forgotten;
          },
        },
      );
    });
    expect(count).to.equal(extra.size);
    return [...extra];
  }

  async #members(): Promise<string[]> {
    const extra = new Set<string>();
    let count = 0;
    await this.#slices((marks, chains) =>
      membersAgainst(
        marks,
        { pool: { listUsersInGroupPage: this.#listUsersInGroupPage }, poolId: POOL, chains, groups: GROUPS },
        {
          extra: (group, { sub }, ordinal) => {
            expect(ordinal === undefined).to.equal(this.#extraUser(sub));
            extra.add(`${sub} ${group}`);
            count += 1;
          },
          forgetExtra: (forgotten) => {
            count -= forgotten;
          },
        },
      ),
    );
    expect(count).to.equal(extra.size);
    return [...extra];
  }

  #extraUser(sub: string): boolean {
    return naiveComparison(this.of).extra.includes(sub);
  }

  #page(of: readonly Person[], token: string | undefined): Page<PoolUser> {
    this.#requests += 1;
    if (token !== undefined && this.how.refused.includes(this.#requests))
      throw new Fault('InvalidPaginationToken', 'refused');
    const from = Number(token ?? 0);
    const to = from + this.how.pageSize;
    return {
      items: of.slice(from, to).map(({ user }) => structuredClone(user)),
      ...(to < of.length ? { next: String(to) } : {}),
    };
  }

  #listUsersPage = (
    _poolId: string,
    { filter = '', token }: { readonly filter?: string; readonly token?: string },
  ): Promise<Page<PoolUser>> => {
    const prefix = /"(.*)"/.exec(filter)?.[1] ?? '';
    return Promise.resolve().then(() =>
      this.#page(
        this.of.pool.filter(({ user }) => user.sub.startsWith(prefix)),
        token,
      ),
    );
  };

  #listUsersInGroupPage = (
    _poolId: string,
    group: string,
    { token }: { readonly token?: string },
  ): Promise<Page<PoolUser>> =>
    Promise.resolve().then(() =>
      this.#page(
        this.of.pool.filter(({ groups: in_ }) => in_.has(group)),
        token,
      ),
    );
}
