import { expect } from 'chai';
import fc from 'fast-check';
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
import { aUser } from '../../support/world/builders.ts';
import { subFor } from '../../support/world/pool.ts';
import { World } from '../../support/world/world.ts';

const POOL = 'eu-west-1_Compared1';
const GROUPS = ['staff', 'Staff', 'empty'];

/** Somebody with the names of the groups that the user is in. */
interface Person {
  readonly user: PoolUser;
  readonly groups: ReadonlySet<string>;
}

interface Case {
  readonly rule: 'sub' | 'username' | 'email';
  readonly caseSensitive: boolean;
  readonly holders: 'sub' | 'name';
  readonly backup: readonly Person[];
  readonly pool: readonly Person[];
  /** Of the backup; somebody else has the name in the pool. */
  readonly foreign: ReadonlySet<string>;
}

// ---- Any backup, and a pool that has something in common with it ---------------------------------------------------

const names = fc.constantFrom('ann', 'Ann', 'ANN', 'bob', 'Bob', 'eve', 'EVE', 'zoe', 'joe', 'kim');
const attributes = fc.record(
  {
    email: fc.option(names, { nil: '' }),
    email_verified: fc.constantFrom('true', 'True', 'false'),
    locale: fc.constantFrom('', 'es', 'de'),
    identities: fc.constant('[]'),
  },
  { requiredKeys: [] },
);
const groups = fc.subarray(GROUPS).map((some) => new Set(some));
const person = fc.record({ username: names, attributes, enabled: fc.boolean(), groups });
/** `like`: takes over what that user of the backup has, but for what `changed` says. */
const copied = fc.record({
  like: fc.nat(9),
  changed: fc.subarray(['attributes', 'enabled', 'groups', 'case']),
  person,
});

const userOf = (sub: string, of: Pick<PoolUser, 'username' | 'attributes' | 'enabled'>): PoolUser => ({
  ...aUser({ sub, username: of.username, enabled: of.enabled }),
  attributes: { ...of.attributes, sub },
});

/** Leaves out whoever could not be there beside an earlier one. */
function without<T>(people: readonly T[], ...keys: ((one: T) => string)[]): T[] {
  const taken = keys.map(() => new Set<string>());
  return people.filter((one) => {
    const mine = keys.map((key) => key(one));
    if (mine.some((key, index) => key !== '' && taken[index]?.has(key))) return false;
    mine.forEach((key, index) => taken[index]?.add(key));
    return true;
  });
}

const swapCase = (text: string): string => (text === text.toLowerCase() ? text.toUpperCase() : text.toLowerCase());

const cases = fc
  .record({
    rule: fc.constantFrom('sub', 'username', 'email'),
    caseSensitive: fc.boolean(),
    byName: fc.boolean(),
    people: fc.array(person, { maxLength: 10 }),
    copies: fc.array(copied, { maxLength: 12 }),
    strangers: fc.array(person, { maxLength: 4 }),
    foreign: fc.array(fc.nat(9), { maxLength: 2 }),
  })
  .map(({ rule, caseSensitive, byName, people, copies, strangers, foreign }): Case => {
    const holders = byName && rule !== 'sub' ? 'name' : 'sub';
    const nameKeyOf = ({ user }: Person): string => folded(nameOfPerson(user, rule), caseSensitive);
    const everybody = people.map((one, index): Person => ({
      user: userOf(subFor(`backup ${index}`), one),
      groups: one.groups,
    }));
    // A restore leaves out whoever cannot be there beside another one, and whoever has no name.
    const backup = holders === 'sub' ? everybody : without(everybody, nameKeyOf).filter((one) => nameKeyOf(one) !== '');
    const pool = [
      ...copies.flatMap(({ like, changed, person: other }, index): Person[] => {
        const from = backup[like];
        if (from === undefined) return [];
        const cased = changed.includes('case') ? swapCase : (text: string): string => text;
        const { username, attributes: has, enabled } = from.user;
        const of = {
          username: cased(username),
          attributes: {
            ...(changed.includes('attributes') ? other.attributes : has),
            ...(has.email === undefined ? {} : { email: cased(has.email) }),
          },
          enabled: changed.includes('enabled') ? other.enabled : enabled,
        };
        const sub = rule === 'sub' ? from.user.sub : subFor(`copy ${index}`);
        return [{ user: userOf(sub, of), groups: changed.includes('groups') ? other.groups : from.groups }];
      }),
      ...strangers.map((one, index): Person => ({
        user: userOf(subFor(`stranger ${index}`), one),
        groups: one.groups,
      })),
    ];
    return {
      rule,
      caseSensitive,
      holders,
      backup,
      pool: without(pool, ({ user }) => user.sub, nameKeyOf),
      foreign: new Set(holders === 'sub' ? [] : foreign.flatMap((index) => backup[index]?.user.sub ?? [])),
    };
  });

// ---- What is to be found, without digests, marks and pages ---------------------------------------------------------

interface Found {
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
  readonly missingMemberships: readonly string[];
  readonly extraMemberships: readonly string[];
}

const folded = (name: string, caseSensitive: boolean): string => (caseSensitive ? name : name.toLowerCase());
const nameOfPerson = ({ username, attributes: { email } }: PoolUser, rule: Case['rule']): string =>
  rule === 'email' ? (email ?? '') : username;

/** Everything that counts about a user, as one text. */
const contentOf = ({ attributes: { email = '', locale = '', email_verified: flag = '' }, enabled }: PoolUser): string =>
  [email, locale, flag.toLowerCase() === 'true', enabled].join('|');

function naiveComparison({ rule, caseSensitive, backup, pool, foreign }: Case): Found {
  const twinOf = ({ user }: Person): Person | undefined => {
    const name = nameOfPerson(user, rule);
    const twin =
      rule === 'sub' || name === ''
        ? backup.find((one) => one.user.sub === user.sub)
        : backup.find((one) => folded(nameOfPerson(one.user, rule), caseSensitive) === folded(name, caseSensitive));
    return twin !== undefined && foreign.has(twin.user.sub) ? undefined : twin;
  };
  const pairs = pool.map((one) => ({ one, twin: twinOf(one) }));
  const of = (person: Person): Person | undefined => pairs.find(({ twin }) => twin === person)?.one;
  const membershipsOf = ({ user, groups: in_ }: Person): string[] => [...in_].map((group) => `${user.sub} ${group}`);
  return {
    missing: backup.filter((one) => of(one) === undefined && !foreign.has(one.user.sub)).map(({ user }) => user.sub),
    different: pairs.flatMap(({ one, twin }) =>
      twin !== undefined && contentOf(one.user) !== contentOf(twin.user) ? [twin.user.sub] : [],
    ),
    extra: pairs.flatMap(({ one, twin }) => (twin === undefined ? [one.user.sub] : [])),
    missingMemberships: backup.flatMap((one) =>
      membershipsOf(one).filter((_m, at) => of(one)?.groups.has([...one.groups][at] as string) !== true),
    ),
    extraMemberships: pairs.flatMap(({ one, twin }) =>
      membershipsOf(one).filter((_m, at) => twin?.groups.has([...one.groups][at] as string) !== true),
    ),
  };
}

// ---- The comparison, in slices, with refused tokens ----------------------------------------------------------------

interface Disturbance {
  readonly scope: 'prefixes' | 'single';
  readonly pageSize: number;
  /** Pages before a slice ends. */
  readonly slice: number;
  /** Numbers of the requests that are refused, where they have a token. */
  readonly refused: readonly number[];
}

class ListedInSlices {
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

const sorted = (found: Found): Found =>
  Object.fromEntries(
    Object.entries(found).map(([kind, subs]: [string, string[]]) => [kind, [...subs].sort()]),
  ) as never;

describe('The comparison of a pool with what it should hold', () => {
  it('finds what a naive one finds, for any pool and any backup, however the listing is cut and restarted', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.record({
          scope: fc.constantFrom('prefixes', 'single'),
          pageSize: fc.integer({ min: 1, max: 4 }),
          slice: fc.integer({ min: 1, max: 6 }),
          refused: fc.array(fc.integer({ min: 2, max: 30 }), { maxLength: 4 }),
        }),
        async (of, how) => {
          expect(sorted(await new ListedInSlices(of, how).compare())).to.deep.equal(sorted(naiveComparison(of)));
        },
      ),
      { numRuns: 300 },
    );
  });
});
