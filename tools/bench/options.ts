import { parseArgs } from 'node:util';

export interface BenchOptions {
  readonly profile: 'quick' | 'default';
  /** Milliseconds that Cognito takes on the local cloud: ListUsers and ListUsersInGroup, and all other calls. */
  readonly listingMs: number;
  readonly cognitoMs: number;
  /** Only cells whose id contains this; nothing is then written to the repository. */
  readonly only: string | undefined;
  /** Measure nothing: compute anew, beside the measured cells of bench/results.json. */
  readonly computed: boolean;
  /** Draw docs/benchmarks.md again from bench/results.json, without running anything. */
  readonly draw: boolean;
}

export const BENCH_USAGE = `usage: npm run bench -- [options]

Measures exports and imports of the built product on the local cloud, with Cognito's quotas and latencies simulated,
and computes large pools with the same code on virtual time. Writes bench/results.json and docs/benchmarks.md.

  --quick            small pools, under 5 minutes; writes no file
  --listing-ms N     latency of ListUsers and ListUsersInGroup (default 100)
  --cognito-ms N     latency of all other Cognito calls (default 60)
  --only TEXT        only cells whose id contains TEXT; writes no file
  --computed         measures nothing: computes anew (with --only: only those cells), beside the measured cells of
                     bench/results.json, and writes all of it
  --draw             only draws docs/benchmarks.md again from bench/results.json
  --help             this text

Exit code 0: every bar was met. The default profile takes under 80 minutes on 2 cores.`;

/** @throws Error that names the option, what was found and what is allowed */
export function parseOptions(args: readonly string[]): BenchOptions | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: { quick: { type: 'boolean' }, 'listing-ms': { type: 'string' }, 'cognito-ms': { type: 'string' }, only: { type: 'string' }, draw: { type: 'boolean' }, computed: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return 'help';
  return {
    profile: values.quick === true ? 'quick' : 'default',
    listingMs: milliseconds('--listing-ms', values['listing-ms'] ?? '100'),
    cognitoMs: milliseconds('--cognito-ms', values['cognito-ms'] ?? '60'),
    only: values.only,
    draw: values.draw === true,
    computed: values.computed === true,
  };
}

function milliseconds(option: string, value: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 0 || number > 10_000) throw new Error(`${option} must be a whole number from 0 to 10000, found "${value}".`);
  return number;
}
