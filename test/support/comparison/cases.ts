import fc from 'fast-check';
import type { PoolUser } from '../../../source/domain/model.ts';
import { aUser } from '../world/builders.ts';
import { subFor } from '../../../tools/simulation/cognito/memory-pool.ts';

export const GROUPS = ['staff', 'Staff', 'empty'];

/** Somebody with the names of the groups that the user is in. */
export interface Person {
  readonly user: PoolUser;
  readonly groups: ReadonlySet<string>;
}

export interface Case {
  readonly rule: 'sub' | 'username' | 'email';
  readonly caseSensitive: boolean;
  readonly holders: 'sub' | 'name';
  readonly backup: readonly Person[];
  readonly pool: readonly Person[];
  /** Of the backup; somebody else has the name in the pool. */
  readonly foreign: ReadonlySet<string>;
}

/** A sign-in name as the pool compares it. */
export const folded = (name: string, caseSensitive: boolean): string => (caseSensitive ? name : name.toLowerCase());
/** The name at sign-in; empty where the user has none. */
export const nameOfPerson = ({ username, attributes: { email } }: PoolUser, rule: Case['rule']): string =>
  rule === 'email' ? (email ?? '') : username;

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

/** Any backup, and a pool that has something in common with it. */
export const cases = fc
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
