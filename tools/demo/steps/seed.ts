import { cognitoIn } from '../../deploy/clients.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { Demo } from '../context.ts';
import { DEMO_GROUPS } from '../seed/groups.ts';
import type { DemoGroup } from '../seed/groups.ts';
import { createDemoPool, loadPool } from '../seed/load.ts';
import { usersFromCsv } from '../seed/users-csv.ts';
import { demoUsers } from '../seed/users.ts';
import type { DemoUser } from '../seed/users.ts';

export interface SeededPool {
  readonly poolId: string;
  readonly users: readonly DemoUser[];
  readonly groups: readonly DemoGroup[];
}

/** Makes the pool that the demo backs up. */
export async function makePool({ cloud, narrator, options }: Demo): Promise<SeededPool> {
  narrator.step(`A user pool in ${PRIMARY}`);
  const users = options.usersCsv === undefined ? demoUsers(options.users, DEMO_GROUPS) : usersFromCsv(options.usersCsv);
  const groups =
    options.usersCsv === undefined
      ? DEMO_GROUPS
      : [...new Set(users.flatMap((user) => user.groups))].map((name) => ({ name, share: 0, atLeast: 0 }));
  const poolId = await createDemoPool(cognitoIn(cloud, PRIMARY), 'customers', users);
  await loadPool({ cloud, region: PRIMARY, poolId }, groups, users);
  narrator.say(describe(users, groups));
  narrator.done(`pool ${poolId} loaded`);
  return { poolId, users, groups };
}

function describe(users: readonly DemoUser[], groups: readonly DemoGroup[]): string {
  const count = (test: (user: DemoUser) => boolean): string => users.filter(test).length.toLocaleString('en-US');
  const memberships = users.reduce((sum, user) => sum + user.groups.length, 0);
  return [
    `${users.length.toLocaleString('en-US')} users, ${groups.length} groups, ${memberships.toLocaleString('en-US')} memberships; among the users:`,
    `  ${count(({ attributes }) => attributes['email_verified'] !== 'true' && attributes['phone_number_verified'] !== 'true')} without a verified e-mail or phone`,
    `  ${count(({ attributes }) => Object.values(attributes).some((value) => /["\\\n\t]|^\s|\s$/u.test(value)))} with values that the import CSV cannot carry (line breaks, quotes, backslashes, outer spaces)`,
    `  ${count(({ enabled }) => !enabled)} disabled, ${count(({ status }) => status === 'UNCONFIRMED')} unconfirmed, ${count(({ status }) => status === 'FORCE_CHANGE_PASSWORD')} who must change their password, ${count(({ status }) => status === 'EXTERNAL_PROVIDER')} of an identity provider`,
  ].join('\n');
}
