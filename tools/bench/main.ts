import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Narrator } from '../demo/narrator.ts';
import { optionsOrExit } from '../options.ts';
import { BENCH_USAGE, benchOptions } from './options.ts';
import type { BenchOptions } from './options.ts';
import { defaultProfile, inProfile, onlyCells, quickProfile } from './profile.ts';
import { writeDocuments } from './report/documents.ts';
import { printResults } from './report/terminal.ts';
import type { BenchResults } from './results.ts';
import { runBench } from './run-bench.ts';

const RESULTS = join(import.meta.dirname, 'results.json');

async function run(options: BenchOptions): Promise<number> {
  if (options.draw) {
    await writeDocuments(JSON.parse(readFileSync(RESULTS, 'utf8')) as BenchResults);
    return 0;
  }
  const whole = options.profile === 'quick' ? quickProfile(options) : defaultProfile(options);
  const before =
    options.part === 'both' ? undefined : inProfile(whole, JSON.parse(readFileSync(RESULTS, 'utf8')) as BenchResults);
  const results = await runBench(
    options.only === undefined ? whole : onlyCells(whole, options.only),
    options,
    new Narrator(),
    before,
  );
  const broken = printResults(results);
  if (options.profile === 'default' && (options.only === undefined || options.part !== 'both')) {
    writeFileSync(RESULTS, `${JSON.stringify(results, null, 1)}\n`);
    await writeDocuments(results);
    process.stdout.write(
      '\nWritten: tools/bench/results.json, docs/benchmarks.md and its pictures. npm run docs writes the costs into the README.\n',
    );
  }
  return broken === 0 ? 0 : 1;
}

process.exitCode = await run(optionsOrExit(BENCH_USAGE, benchOptions));
