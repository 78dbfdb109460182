import { optionValues, wholeNumberOption } from '../options.ts';

export interface BenchOptions {
  readonly profile: 'quick' | 'default';
  /** Milliseconds that Cognito takes on the local cloud: ListUsers and ListUsersInGroup, and all other calls. */
  readonly listingMs: number;
  readonly cognitoMs: number;
  /** Users per second of the slow and of the fast import jobs. */
  readonly jobSpeeds: { readonly slow: number; readonly fast: number };
  /** Share of CognitoTPS that Cognito grants where the pool's own traffic takes the rest, 0 to 1. */
  readonly grantedShare: number;
  /** Only cells whose id contains this; nothing is then written to the repository. */
  readonly only: string | undefined;
  /** `measured`: measure again, beside the computed cells of tools/bench/results.json (their twins are computed again, too); `computed`: the reverse. */
  readonly part: 'both' | 'measured' | 'computed';
  /** Draw docs/benchmarks.md again from tools/bench/results.json, without running anything. */
  readonly draw: boolean;
}

export const BENCH_USAGE = `usage: npm run bench -- [options]

Measures exports and imports of the built product on the local cloud, with Cognito's quotas and latencies simulated,
and computes large pools with the same code on virtual time. Writes tools/bench/results.json and docs/benchmarks.md;
afterwards npm run docs writes the costs into the README.

  --quick            small pools, under 5 minutes; writes no file
  --listing-ms N     latency of ListUsers and ListUsersInGroup (default 100)
  --cognito-ms N     latency of all other Cognito calls (default 60)
  --job-speeds N,N   users per second of the slow and the fast import jobs (default 30,300)
  --granted N        percent of CognitoTPS that is granted where the pool's own traffic takes the rest (default 40)
  --only TEXT        only cells whose id contains TEXT; writes no file
  --computed         measures nothing: computes again (with --only: only those cells), beside the measured cells of
                     tools/bench/results.json, and writes all of it
  --measured         computes nothing but what is measured: measures again (with --only: only those cells), beside the
                     computed cells of tools/bench/results.json, and writes all of it
  --draw             only draws docs/benchmarks.md again from tools/bench/results.json
  --help             this text

Exit code 0: every bar was met. The default profile takes under 80 minutes on 2 cores.`;

/** @throws Error that names the option, what was found and what is allowed */
export function benchOptions(args: readonly string[]): BenchOptions {
  const values = optionValues(args, {
    quick: { type: 'boolean' },
    'listing-ms': { type: 'string' },
    'cognito-ms': { type: 'string' },
    'job-speeds': { type: 'string' },
    granted: { type: 'string' },
    only: { type: 'string' },
    draw: { type: 'boolean' },
    computed: { type: 'boolean' },
    measured: { type: 'boolean' },
  });
  return {
    profile: values.quick === true ? 'quick' : 'default',
    listingMs: wholeNumberOption('--listing-ms', values['listing-ms'] ?? '100', 0, 10_000),
    cognitoMs: wholeNumberOption('--cognito-ms', values['cognito-ms'] ?? '60', 0, 10_000),
    jobSpeeds: speeds(values['job-speeds'] ?? '30,300'),
    grantedShare: wholeNumberOption('--granted', values.granted ?? '40', 10, 100) / 100,
    only: values.only,
    draw: values.draw === true,
    part: partOf(values.measured === true, values.computed === true),
  };
}

function partOf(measured: boolean, computed: boolean): BenchOptions['part'] {
  if (measured && computed)
    throw new Error('--measured and --computed exclude each other; without either, both parts are run.');
  return measured ? 'measured' : computed ? 'computed' : 'both';
}

function speeds(value: string): BenchOptions['jobSpeeds'] {
  const [slow = '', fast = '', ...rest] = value.split(',');
  if (rest.length > 0 || fast === '')
    throw new Error(`--job-speeds must be two whole numbers, slow and fast, found "${value}".`);
  return {
    slow: wholeNumberOption('--job-speeds', slow, 1, 10_000),
    fast: wholeNumberOption('--job-speeds', fast, 1, 10_000),
  };
}
