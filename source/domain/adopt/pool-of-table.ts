/** What a table of the retired solution tells of its user pool, which it does not name. */
import { UNKNOWN_POOL } from '../backup/source-pool.ts';
import type { ContactAttribute } from '../model.ts';
import type { TableItem } from '../ports.ts';
import { kindOf, signInNameOf } from './legacy-survey.ts';
import type { SignInKind } from './legacy-survey.ts';

const CONTACTS = ['email', 'phone_number'] satisfies ContactAttribute[];

/** By which addresses the pool signed in: all of its users did by an address, or none, so that the most of them tell. */
export function usernameAttributesOf(users: readonly (() => Iterable<TableItem>)[]): ContactAttribute[] {
  const counts: Record<SignInKind, number> = { username: 0, email: 0, phone_number: 0, other: 0 };
  for (const some of users) for (const user of some()) counts[kindOf(signInNameOf(user), user)] += 1;
  const byAddress = counts.email + counts.phone_number >= counts.username;
  return byAddress ? CONTACTS.filter((name) => counts[name] > 0) : [];
}

/** In a pool of both kinds the table's sign-in name tells by which of two addresses the user signs in (see UserItem). */
export function withAddressKind(user: TableItem): TableItem {
  const kind = kindOf(signInNameOf(user), user);
  return kind === 'email' || kind === 'phone_number' ? { ...user, signsInBy: kind } : user;
}

/** Cognito's own groups of identity providers are called `<pool id>_<provider>`: the only place that names the pool. */
const OF_PROVIDER = /^([a-z]{2,}(?:-[a-z]+)+-\d{1,2}_[0-9A-Za-z]{1,40})_./;

/** The pool's id where such a group tells it. */
export function poolNamedIn(groups: readonly string[]): string {
  const pools = new Set(groups.flatMap((name) => OF_PROVIDER.exec(name)?.[1] ?? []));
  const [only, ...more] = pools;
  return only === undefined || more.length > 0 ? UNKNOWN_POOL : only;
}
