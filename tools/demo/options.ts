import { SIGN_IN_SETTINGS } from './seed/sign-in.ts';
import type { SignInPool } from './seed/sign-in.ts';
import { optionValues, wholeNumberOption } from '../options.ts';

const POOLS = ['usual', 'mfa', 'federated', 'email-phone', 'alias'] as const;
/** A kind of pool that the demo can make. */
export type DemoPool = (typeof POOLS)[number];

export interface DemoOptions {
  readonly users: number;
  readonly usersCsv: string | undefined;
  readonly cognitoTps: 1 | 5 | 10 | 15 | 20 | 25;
  /** With a key of the customer, a permissions boundary and required tags. */
  readonly organization: boolean;
  /**
   * `mfa`: the pool requires MFA; so does the one that takes the restore. `federated`: it has identity providers, users who
   * are linked to them, and users of theirs. `email-phone`: users sign in by the address with which they signed up. `alias`:
   * they sign in by their username, a verified address or another name.
   */
  readonly pool: DemoPool;
  readonly keep: boolean;
}

export const DEMO_USAGE = `usage: npm run demo -- [options]

Backs up a user pool on a local AWS emulator, deletes it, restores it in the other Region and compares every field.

  --users N          number of generated users (default 2000; the same N gives the same users)
  --users-csv FILE   your own users: a CSV in UTF-8 with a column "username", optional columns "enabled" (true/false),
                     "status" and "groups" (names separated by ";"); every other column is an attribute of Cognito
                     ("email", "custom:department"). Nobody of the file is changed or deleted: for that the demo adds
                     six users of its own
  --tps N            CognitoTPS of the stack: 1, 5, 10, 15, 20 or 25 (default 25)
  --pool mfa         a pool that requires MFA, restored into one that requires it, too, and into one where it is optional
  --pool federated   a pool with identity providers, users linked to them and users of theirs
  --pool email-phone a pool with e-mail and phone as sign-in names: everybody signs in by the same address afterwards
  --pool alias       a pool whose users also sign in by a verified address or a preferred_username
  --organization     with the rules of an organization: a key of its own, a permissions boundary that allows nothing
                     more than is needed, and tags without which the creation of anything is denied
  --keep             leaves the cloud running, with the solution installed, and says how to look around and stop it
  --help             this text

Exit code 0: everything that can be restored was restored, and nobody was sent a message.`;

const TPS = [1, 5, 10, 15, 20, 25] as const;

/** Whether users of such a pool sign in by something else than their username alone. */
export const isSignInPool = (pool: DemoPool): pool is SignInPool => Object.hasOwn(SIGN_IN_SETTINGS, pool);

/** @throws Error that names the option, what was found and what is allowed */
export function demoOptions(args: readonly string[]): DemoOptions {
  const values = optionValues(args, {
    users: { type: 'string' },
    'users-csv': { type: 'string' },
    tps: { type: 'string' },
    pool: { type: 'string' },
    organization: { type: 'boolean' },
    keep: { type: 'boolean' },
  });
  if (values.users !== undefined && values['users-csv'] !== undefined)
    throw new Error('--users and --users-csv exclude each other.');
  const users = wholeNumberOption('--users', values.users ?? '2000', 10, 200_000);
  const tps = TPS.find((value) => value === Number(values.tps ?? 25));
  if (tps === undefined) throw new Error(`--tps must be one of ${TPS.join(', ')}, found "${values.tps}".`);
  const pool = POOLS.find((name) => name === (values.pool ?? 'usual'));
  if (pool === undefined) throw new Error(`--pool must be one of ${POOLS.join(', ')}, found "${values.pool}".`);
  if (values['users-csv'] !== undefined && isSignInPool(pool))
    throw new Error(`--users-csv and --pool ${pool} exclude each other: the demo makes users who have such names.`);
  return {
    users,
    usersCsv: values['users-csv'],
    cognitoTps: tps,
    organization: values.organization === true,
    pool,
    keep: values.keep === true,
  };
}
