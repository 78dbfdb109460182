import { optionValues, wholeNumberOption } from '../options.ts';

export interface ChaosOptions {
  readonly seeds: readonly number[];
  readonly users: number;
  /** Write docs/reliability.md. */
  readonly write: boolean;
  /** Only exports, and single users and groups that are restored into the living pool. */
  readonly selections: boolean;
}

export const CHAOS_USAGE = `usage: npm run chaos -- [options]

Runs exports and restores on a local AWS emulator while services fail, answers are lost, functions are killed and people
interfere, and compares the result of every run field by field. The same seed always gives the same faults.

  --seeds N     number of seeds (default 20)
  --first S     first seed (default 1)
  --seed S      only this seed
  --selections  of each seed only the export, an accident in the living pool, the restore of single users and groups into
                it, and its undo
  --quick       three seeds with one pool of 30 users
  --users N     users of a pool, 20 to 200 (default 120)
  --help        this text

Exit code 0: nothing was lost in any run. With the default seeds docs/reliability.md is written again.`;

/**
 * One pool; together: kills, cut connections, throttles, unprocessed items and keys, late and double messages, an early job
 * end, a lost start of a job, a broken log role, stops, changes meanwhile, a lagging replica, a restore from a snapshot
 * while the primary Region is down, people in the new pool, a damaged source pool.
 */
export const QUICK = { seeds: [15, 20, 25], users: 30 };

/** @throws Error that names the option, what was found and what is allowed */
export function chaosOptions(args: readonly string[]): ChaosOptions {
  const values = optionValues(args, {
    seeds: { type: 'string' },
    first: { type: 'string' },
    seed: { type: 'string' },
    users: { type: 'string' },
    quick: { type: 'boolean' },
    selections: { type: 'boolean' },
  });
  const given = (['seeds', 'first', 'seed', 'users'] as const).filter((name) => values[name] !== undefined);
  if (values.quick === true && given.length > 0)
    throw new Error(
      `--quick has seeds and users of its own; leave out ${given.map((name) => `--${name}`).join(', ')}.`,
    );
  if (values.seed !== undefined && (values.seeds !== undefined || values.first !== undefined))
    throw new Error('--seed is one seed, --first and --seeds are several: give either.');
  const { selections = false } = values;
  if (values.quick === true) return { ...QUICK, selections, write: false };
  const first = wholeNumberOption('--first', values.first ?? '1', 0, 1_000_000);
  const users = wholeNumberOption('--users', values.users ?? '120', 20, 200);
  if (values.seed !== undefined)
    return { seeds: [wholeNumberOption('--seed', values.seed, 0, 1_000_000)], users, selections, write: false };
  const seeds = Array.from(
    { length: wholeNumberOption('--seeds', values.seeds ?? '20', 1, 1_000) },
    (_, index) => first + index,
  );
  return { seeds, users, selections, write: seeds.length >= 20 && !selections };
}
