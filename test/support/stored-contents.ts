import type { TableItem } from '../../source/domain/ports.ts';
import type { StoredPool } from './stored-state.ts';

/**
 * Pools and tables in comparable forms, written from the data model and not by the product's own code: what is stored
 * keeps its meaning only if both stay the same.
 */

const FEDERATED = 'EXTERNAL_PROVIDER';
type Form = Readonly<Record<string, unknown>>;

/** What the table holds of a pool, by key; users of identity providers are left out. */
export function backupOf(pool: StoredPool): Form {
  const users = new Map(pool.users.filter(({ status }) => status !== FEDERATED).map((user) => [user.username, user]));
  const contact = pool.settings.usernameAttributes[0];
  return Object.fromEntries<unknown>([
    ...[...users.values()].map(
      ({ sub, ...user }) =>
        [
          `USER#${sub} PROFILE`,
          { ...user, ...(contact === undefined ? {} : { signInName: user.attributes[contact] }) },
        ] as const,
    ),
    ...pool.groups.map(({ name, ...group }) => [`GROUP#${name} GROUP`, { groupName: name, ...group }] as const),
    ...pool.memberships.flatMap(({ username, group }) => {
      const sub = users.get(username)?.sub;
      return sub === undefined ? [] : [[`USER#${sub} MEMBER_OF#${group}`, { groupName: group }] as const];
    }),
  ]);
}

/** Users, groups and memberships among the items, in the form of `backupOf`. */
export const contentOfTable = (items: readonly TableItem[]): Form =>
  Object.fromEntries(
    contentItems(items).map(({ id, type, contentHash: _hash, changedIn: _run, ...content }) => [
      `${id} ${type}`,
      content,
    ]),
  );

/** The items that come from the pool; the others are the exports' own records. */
export const contentItems = (items: readonly TableItem[]): TableItem[] =>
  items.filter(({ id }) => /^(USER|GROUP)#/.test(id));

/**
 * A pool with e-mail addresses as sign-in names, as far as a restore brings it back. Subs, dates and statuses are new,
 * groups get no role, and empty values are none.
 */
export function restorable(pool: StoredPool, { without = [] }: { readonly without?: readonly string[] } = {}): Form {
  const users = new Map(
    pool.users.filter(({ status }) => ![FEDERATED, ...without].includes(status)).map((user) => [user.username, user]),
  );
  const nameOf = (username: string): string | undefined => users.get(username)?.attributes.email;
  return {
    users: Object.fromEntries(
      [...users.values()].map(({ username, enabled, attributes: { sub: _sub, ...attributes } }) => [
        nameOf(username),
        { enabled, attributes: Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== '')) },
      ]),
    ),
    groups: Object.fromEntries(pool.groups.map(({ name, roleArn: _role, ...group }) => [name, group])),
    memberships: pool.memberships
      .flatMap(({ username, group }) => (users.has(username) ? [`${nameOf(username)} in ${group}`] : []))
      .sort(),
  };
}
