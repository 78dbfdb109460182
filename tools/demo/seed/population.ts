import { isSignInPool } from '../options.ts';
import type { DemoOptions, DemoPool } from '../options.ts';
import { DEMO_GROUPS } from './groups.ts';
import type { DemoGroup } from './groups.ts';
import { withSignIn } from './sign-in.ts';
import { demoUsers } from './users.ts';
import type { DemoUser } from './users.ts';
import { usersFromCsv } from './users-csv.ts';

/** Who is in the demo's pool. */
export interface Population {
  readonly users: readonly DemoUser[];
  readonly groups: readonly DemoGroup[];
  /** Custom attributes of a file, with `custom:`; they are texts. */
  readonly customAttributes: readonly string[];
  /** Whom the demo may change and delete for show: never anybody of a file. */
  readonly extras: readonly DemoUser[];
  /** Who is added for show. */
  readonly newcomers: readonly DemoUser[];
}

/** So many of the demo's own users stand beside those of a file, and two more are added. */
const EXTRAS = 6;
const EXTRA_GROUPS: readonly DemoGroup[] = [
  { name: 'demo-before', description: 'Of the demo: users are moved out of here', share: 0, atLeast: 0 },
  { name: 'demo-after', description: 'Of the demo: users are moved into here', share: 0, atLeast: 0 },
];

/** @throws CsvProblem when the file with the users is not right */
export const populationOf = ({
  users,
  usersCsv,
  pool = 'usual',
}: Pick<DemoOptions, 'users' | 'usersCsv'> & Partial<Pick<DemoOptions, 'pool'>>): Population =>
  usersCsv === undefined ? generated(users, pool) : fromFile(usersCsv);

function generated(count: number, pool: DemoPool): Population {
  const shaped = (made: readonly DemoUser[], first: number): DemoUser[] =>
    made.map((user, index) => (isSignInPool(pool) ? withSignIn(pool, user, first + index) : user));
  const users = shaped(demoUsers(count, DEMO_GROUPS), 1);
  const isLocal = ({ status }: DemoUser): boolean => status !== 'EXTERNAL_PROVIDER';
  const added = demoUsers(Math.max(1, Math.floor(count / 100)), DEMO_GROUPS, 2026, count + 1);
  const newcomers = shaped(added, count + 1);
  return {
    users,
    groups: DEMO_GROUPS,
    customAttributes: [],
    extras: users.filter(isLocal),
    newcomers: newcomers.filter(isLocal),
  };
}

function fromFile(file: string): Population {
  const { users, customAttributes } = usersFromCsv(file);
  const taken = new Set(users.map(({ username }) => username));
  const own = ownUsers(EXTRAS + 2, taken);
  const extras = own.slice(0, EXTRAS);
  const names = new Set(users.flatMap((user) => user.groups));
  for (const { name } of EXTRA_GROUPS) names.delete(name);
  return {
    users: [...users, ...extras],
    groups: [...EXTRA_GROUPS, ...[...names].map((name) => ({ name, share: 0, atLeast: 0 }))],
    customAttributes,
    extras,
    newcomers: own.slice(EXTRAS),
  };
}

/** Plain users with names that the file does not have. */
function ownUsers(count: number, taken: ReadonlySet<string>): DemoUser[] {
  const users: DemoUser[] = [];
  for (let number = 1; users.length < count; number += 1) {
    const username = `demo-user-${number}`;
    if (taken.has(username)) continue;
    users.push({
      username,
      attributes: { email: `${username}@example.com`, email_verified: 'true', name: `Demo User ${number}` },
      status: 'CONFIRMED',
      enabled: true,
      groups: ['demo-before'],
    });
  }
  return users;
}
