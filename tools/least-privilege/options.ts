import { optionValues } from '../options.ts';
import type { Experiment } from './plan.ts';

export interface LeastPrivilegeOptions {
  /** Only these roles; all when empty. */
  readonly roles: readonly string[];
  /** Only what is tried in this scenario. */
  readonly scenario?: string;
  /** Only tell what would be done. */
  readonly list: boolean;
}

export const LEAST_PRIVILEGE_USAGE = `usage: npm run least-privilege -- [options]

Takes each statement of the functions' roles away in turn, on a local AWS emulator with IAM enforced, and runs a short export,
verification, restore, selection, drill or launch without it. That must fail and name the refused call; a statement that nothing misses is
listed with its reason from tools/least-privilege/survivors.yaml.

  --role NAME   only this role, for instance SyncUsersRole (can be given more than once)
  --scenario S  only what is tried in this scenario, for instance selection
  --list        show the statements and what is run without each
  --help        this text

Exit code 0: every statement is needed, or has a reason.`;

/** @throws Error that names the option and what was found */
export function leastPrivilegeOptions(args: readonly string[]): LeastPrivilegeOptions {
  const values = optionValues(args, {
    role: { type: 'string', multiple: true },
    scenario: { type: 'string' },
    list: { type: 'boolean' },
  });
  return {
    roles: values.role ?? [],
    ...(values.scenario === undefined ? {} : { scenario: values.scenario }),
    list: values.list === true,
  };
}

/** @throws Error naming a role that no function has, or a scenario that there is not */
export function chosen(
  experiments: readonly Experiment[],
  { roles, scenario }: Pick<LeastPrivilegeOptions, 'roles' | 'scenario'>,
): readonly Experiment[] {
  const known = new Set(experiments.map(({ role }) => role));
  const unknown = roles.find((role) => !known.has(role));
  if (unknown !== undefined)
    throw new Error(`--role ${unknown} is no role of a function. There are: ${[...known].join(', ')}.`);
  const scenarios = new Set<string>(experiments.map((experiment) => experiment.scenario));
  if (scenario !== undefined && !scenarios.has(scenario))
    throw new Error(`--scenario ${scenario} is none. There are: ${[...scenarios].join(', ')}.`);
  if (roles.length === 0 && scenario === undefined) return experiments;
  return experiments.filter(
    (one) => (roles.length === 0 || roles.includes(one.role)) && (scenario ?? one.scenario) === one.scenario,
  );
}
