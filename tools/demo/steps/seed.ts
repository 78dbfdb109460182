import { counted } from '../../../source/domain/counted.ts';
import { cognitoIn } from '../../deploy/clients.ts';
import { PRIMARY } from '../../deploy/regions.ts';
import type { Demo } from '../context.ts';
import { loadFederated } from '../federated/pools.ts';
import { REQUIRED_MFA, setMfa } from '../mfa/pool-mfa.ts';
import { isSignInPool } from '../options.ts';
import { createDemoPool, loadPool, settingsOf } from '../seed/load.ts';
import type { Population } from '../seed/population.ts';
import type { DemoUser } from '../seed/users.ts';
import { loadSignIns } from '../sign-in/pools.ts';

export interface SeededPool {
  readonly poolId: string;
  readonly population: Population;
}

/** Makes the pool that the demo backs up. */
export async function makePool(demo: Demo): Promise<SeededPool> {
  const { cloud, narrator, options, population } = demo;
  narrator.step(`A user pool in ${PRIMARY}`);
  const { users, groups, extras, customAttributes } = population;
  const client = cognitoIn(cloud, PRIMARY);
  const poolId = await createDemoPool(client, 'customers', customAttributes, settingsOf(options.pool));
  if (options.pool === 'mfa') {
    await setMfa(client, poolId, REQUIRED_MFA);
    narrator.say('It requires MFA, by SMS or an authenticator app.');
  }
  await loadPool({ cloud, region: PRIMARY, poolId }, groups, users);
  if (options.pool === 'federated') await loadFederated(demo, poolId);
  if (isSignInPool(options.pool)) await loadSignIns(demo, options.pool, poolId);
  narrator.say(describe(population));
  if (options.usersCsv !== undefined)
    narrator.say(
      `Yours among them: ${users.length - extras.length}. The others are the demo's own (${extras[0]?.username} and so on): only those are changed and deleted for show.`,
    );
  narrator.done(`pool ${poolId} loaded`);
  return { poolId, population };
}

function describe({ users, groups }: Population): string {
  const count = (test: (user: DemoUser) => boolean): string => users.filter(test).length.toLocaleString('en-US');
  const memberships = users.reduce((sum, user) => sum + user.groups.length, 0);
  return [
    `${counted(users.length, 'user')}, ${counted(groups.length, 'group')}, ${counted(memberships, 'membership')}; among the users:`,
    `  ${count(({ attributes }) => attributes['email_verified'] !== 'true' && attributes['phone_number_verified'] !== 'true')} without a verified e-mail or phone`,
    `  ${count(({ attributes }) => Object.values(attributes).some((value) => /["\\\n\t]|^\s|\s$/u.test(value)))} with values that the import CSV cannot carry (line breaks, quotes, backslashes, outer spaces)`,
    `  ${count(({ enabled }) => !enabled)} disabled, ${count(({ status }) => status === 'UNCONFIRMED')} unconfirmed, ${count(({ status }) => status === 'FORCE_CHANGE_PASSWORD')} who must change their password, ${count(({ status }) => status === 'EXTERNAL_PROVIDER')} of an identity provider`,
  ].join('\n');
}
