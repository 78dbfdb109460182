import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { startLocalCloud } from '../local-cloud/index.ts';
import { optionsOrExit } from '../options.ts';
import { stopOnSignal } from '../shutdown.ts';
import { runSeeds } from './chaos.ts';
import { CHAOS_USAGE, chaosOptions } from './options.ts';
import type { ChaosOptions } from './options.ts';
import { reliabilityPage } from './page.ts';

const PAGE = join(import.meta.dirname, '..', '..', 'docs', 'reliability.md');
/** Waits of the workflows are shortened; faults, retries of the SDK and import jobs take their own time. */
const WAIT_SCALE = 0.02;

async function run({ seeds, users, write, selections }: ChaosOptions): Promise<number> {
  const cloud = await startLocalCloud({ waitScale: WAIT_SCALE });
  stopOnSignal(() => cloud.stop());
  try {
    const results = await runSeeds(cloud, { seeds, users, everywhere: write, selections }, (line) =>
      process.stdout.write(`${line}\n`),
    );
    const failed = results.seeds.filter(({ problems }) => problems.length > 0).map(({ plan }) => plan.seed);
    if (write) await writeFile(PAGE, reliabilityPage(results, users));
    process.stdout.write(
      failed.length === 0
        ? `\nAll ${results.seeds.length} seeds held.\n`
        : `\nFailing seeds: ${failed.join(', ')}. One of them again: npm run chaos -- --seed ${failed[0]} --users ${users}${selections ? ' --selections' : ''}\n`,
    );
    return failed.length === 0 &&
      results.spared.length === 0 &&
      results.resumes.every(({ problem }) => problem === undefined)
      ? 0
      : 1;
  } finally {
    await cloud.stop();
  }
}

process.exitCode = await run(optionsOrExit(CHAOS_USAGE, chaosOptions));
