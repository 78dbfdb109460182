import type { PoolUser } from '../../../source/domain/model.ts';
import { folded, nameOfPerson } from './cases.ts';
import type { Case, Person } from './cases.ts';

/** What a comparison finds: subs, and memberships as sub and group. */
export interface Found {
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
  readonly missingMemberships: readonly string[];
  readonly extraMemberships: readonly string[];
}

/** Everything that counts about a user, as one text. */
const contentOf = (user: PoolUser): string => [attributesOf(user), user.enabled].join('|');

const attributesOf = ({ attributes: { email = '', locale = '', email_verified: flag = '' } }: PoolUser): string =>
  [email, locale, flag.toLowerCase() === 'true'].join('|');

/** What is to be found, without digests, marks and pages. */
export function naiveComparison({ rule, caseSensitive, backup, pool, foreign }: Case): Found {
  const twinOf = ({ user }: Person): Person | undefined => {
    const name = nameOfPerson(user, rule);
    const twins =
      rule === 'sub' || name === ''
        ? backup.filter((one) => one.user.sub === user.sub)
        : backup.filter((one) => folded(nameOfPerson(one.user, rule), caseSensitive) === folded(name, caseSensitive));
    // Where the backup knows two by one name, whose attributes they are decides.
    const twin = twins.find((one) => attributesOf(one.user) === attributesOf(user)) ?? twins[0];
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
