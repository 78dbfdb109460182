import { optionValues } from '../options.ts';
import type { Experiment } from './plan.ts';

export interface LeastPrivilegeOptions {
  /** Only these roles; all when empty. */
  readonly roles: readonly string[];
  /** Only tell what would be done. */
  readonly list: boolean;
}

export const LEAST_PRIVILEGE_USAGE = `usage: npm run least-privilege -- [options]

Takes each statement of the functions' roles away in turn, on a local AWS emulator with IAM enforced, and runs a short export,
verification, restore or launch without it. That must fail and name the refused call; a statement that nothing misses is
listed with its reason from tools/least-privilege/survivors.yaml.

  --role NAME   only this role, for instance SyncUsersRole (can be given more than once)
  --list        show the statements and what is run without each
  --help        this text

Exit code 0: every statement is needed, or has a reason.`;

/** @throws Error that names the option and what was found */
export function leastPrivilegeOptions(args: readonly string[]): LeastPrivilegeOptions {
  const values = optionValues(args, {
    role: { type: 'string', multiple: true },
    list: { type: 'boolean' },
  });
  return { roles: values.role ?? [], list: values.list === true };
}

/** @throws Error naming a role that no function has */
export function chosen(
  experiments: readonly Experiment[],
  { roles }: Pick<LeastPrivilegeOptions, 'roles'>,
): readonly Experiment[] {
  const known = new Set(experiments.map(({ role }) => role));
  const unknown = roles.find((role) => !known.has(role));
  if (unknown !== undefined)
    throw new Error(`--role ${unknown} is no role of a function. There are: ${[...known].join(', ')}.`);
  return roles.length === 0 ? experiments : experiments.filter(({ role }) => roles.includes(role));
}
