import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly users: number;
  readonly usersCsv: string | undefined;
  readonly cognitoTps: 1 | 5 | 10 | 15 | 20 | 25;
  readonly keep: boolean;
}

export const DEMO_USAGE = `usage: npm run demo -- [options]

Backs up a user pool on a local AWS emulator, deletes it, restores it in the other Region and compares every field.

  --users N          number of generated users (default 2000; the same N gives the same users)
  --users-csv FILE   your own users instead: a CSV with a column "username", optional columns "enabled" (true/false),
                     "status" and "groups" (names separated by ";"); every other column is an attribute
  --tps N            CognitoTPS of the stack: 1, 5, 10, 15, 20 or 25 (default 25)
  --keep             leaves the cloud running, with the solution installed, and says how to look around and stop it
  --help             this text

Exit code 0: everything that can be restored was restored, and nobody was sent a message.`;

const TPS = [1, 5, 10, 15, 20, 25] as const;

/** @throws Error that names the option, what was found and what is allowed */
export function parseOptions(args: readonly string[]): DemoOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      users: { type: 'string' },
      'users-csv': { type: 'string' },
      tps: { type: 'string' },
      keep: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help === true) return 'help';
  if (values.users !== undefined && values['users-csv'] !== undefined)
    throw new Error('--users and --users-csv exclude each other.');
  const users = Number(values.users ?? 2_000);
  if (!Number.isInteger(users) || users < 10 || users > 200_000)
    throw new Error(`--users must be a whole number from 10 to 200000, found "${values.users}".`);
  const tps = TPS.find((value) => value === Number(values.tps ?? 25));
  if (tps === undefined) throw new Error(`--tps must be one of ${TPS.join(', ')}, found "${values.tps}".`);
  return { users, usersCsv: values['users-csv'], cognitoTps: tps, keep: values.keep === true };
}
