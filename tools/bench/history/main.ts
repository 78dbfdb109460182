import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { optionsOrExit, optionValues, wholeNumberOption } from '../../options.ts';
import { FakeClock } from '../../simulation/fake-clock.ts';
import { SimulatedObjects } from '../../simulation/storage/objects.ts';
import { FilesOnDisk } from '../virtual/files-on-disk.ts';
import { usernameOf } from '../population.ts';
import type { AskedReading } from './measure.ts';
import { GROUPS_EACH, writeComputedSnapshot } from './snapshots.ts';

interface Figures {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly megabytes: number;
  readonly found: number;
}

const USAGE = `usage: npm run bench:history -- [options]

Measures the reading of history on computed snapshots: what differs between two runs, a mass among it, and one user in
35 runs. Prints each figure and its ratio to the bar.

  --users N   users of the computed pool (default 1000000)
  --help      this text

Exit code 0: every bar was met.`;

const USERS = optionsOrExit(USAGE, (args) =>
  wholeNumberOption('--users', optionValues(args, { users: { type: 'string' } }).users ?? '1000000', 1000, 10_000_000),
);
const RUNS = 35;
/** Of 1,000 users so many were changed by the script that the later run shows. */
const CHANGED_PER_MILLE = 400;
const MEGABYTES = 400;

const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
try {
  const files = new FilesOnDisk(folder);
  const clock = new FakeClock();
  const objects = new SimulatedObjects({ clock, run: (_name, work) => Promise.resolve(work()) }, files);
  const manifests: Manifest[] = [];
  for (const [runId, changedPerMille] of [
    ['earlier', 0],
    ['later', CHANGED_PER_MILLE],
  ] as const)
    manifests.push(await writeComputedSnapshot(objects, { runId, users: USERS, changedPerMille }));
  const measured = (what: Omit<AskedReading, 'folder'>) => {
    const asked = join(folder, 'measured.json');
    writeFileSync(asked, JSON.stringify({ folder, ...what }));
    const script = join(import.meta.dirname, 'measure.ts');
    return JSON.parse(
      execFileSync(process.execPath, [...process.execArgv, script, asked], { encoding: 'utf8' }),
    ) as Figures;
  };
  const told = (what: string, bar: number, expected: number, result: Figures): void => {
    const { seconds, processorSeconds, megabytes, found } = result;
    if (found !== expected) throw new Error(`${what}: found ${found}, expected ${expected}`);
    process.stdout.write(
      `${what}: ${seconds.toFixed(1)} s, ${(seconds / bar).toFixed(2)} of the bar of ${bar} s (${processorSeconds.toFixed(1)} s of processor); ${megabytes.toFixed(0)} MB, ${(megabytes / MEGABYTES).toFixed(2)} of the bar of ${MEGABYTES} MB\n`,
    );
    if (seconds > bar || megabytes > MEGABYTES) process.exitCode = 1;
  };
  process.stdout.write(`${USERS} users with ${GROUPS_EACH} memberships each\n`);
  const changed = Array.from({ length: USERS }, (_, index) => index).filter(
    (index) => index % 1000 < CHANGED_PER_MILLE,
  ).length;
  told('damage, the victims of one interval', 60, changed, measured({ manifests }));
  const kept = Array.from(
    { length: RUNS },
    (_, run) => manifests[run % manifests.length] as (typeof manifests)[number],
  );
  told(
    `history of one user in ${RUNS} runs`,
    30,
    RUNS * GROUPS_EACH,
    measured({ manifests: kept, name: `${usernameOf(Math.floor(USERS / 2))}@example.com` }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
