import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '../../../source/domain/backup/manifest.ts';
import { optionsOrExit, optionValues, wholeNumberOption } from '../../options.ts';
import { functionMemory } from '../function-memory.ts';
import { usernameOf } from '../population.ts';
import type { AskedReading } from './measure.ts';
import { GROUPS_EACH } from './snapshots.ts';
import type { AskedWriting, WrittenSnapshot } from './write.ts';

interface Figures {
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly megabytes: number;
  readonly found: number;
}

const USAGE = `usage: npm run bench:history -- [options]

Measures the writing and reading of history on computed snapshots: a snapshot with its index, what differs between two runs,
a mass among it, and one user in 35 runs. Prints each figure and its ratio to the bar.

  --users N   users of the computed pool (default 1000000)
  --write     only write a snapshot, and hold its memory against that of the function that does
  --help      this text

Exit code 0: every bar was met.`;

const { users: USERS, write: ONLY_WRITE } = optionsOrExit(USAGE, (args) => {
  const { users = '1000000', write = false } = optionValues(args, {
    users: { type: 'string' },
    write: { type: 'boolean' },
  });
  return { users: wholeNumberOption('--users', users, 1000, 10_000_000), write };
});
const RUNS = 35;
/** Of 1,000 users so many were changed by the script that the later run shows. */
const CHANGED_PER_MILLE = 400;
const MEGABYTES = 400;
/** The function that joins the parts of a snapshot and writes its index, and the share of its memory that this may take. */
const WRITER = 'BackupTableCleanup';
const WRITER_SHARE = 0.5;

const folder = mkdtempSync(join(tmpdir(), 'bench-history-'));
try {
  /** Runs a script in a process of its own. */
  const answered = <T>(script: 'measure.ts' | 'write.ts', what: object): T => {
    const asked = join(folder, 'asked.json');
    writeFileSync(asked, JSON.stringify({ folder, ...what }));
    const path = join(import.meta.dirname, script);
    return JSON.parse(
      execFileSync(process.execPath, [...process.execArgv, path, asked], { encoding: 'utf8', maxBuffer: 2 ** 26 }),
    ) as T;
  };
  process.stdout.write(`${USERS} users with ${GROUPS_EACH} memberships each\n`);
  const manifests: Manifest[] = [];
  for (const [runId, changedPerMille] of [
    ['earlier', 0],
    ...(ONLY_WRITE ? [] : [['later', CHANGED_PER_MILLE] as const]),
  ] as const) {
    const asked: Omit<AskedWriting, 'folder'> = { runId, users: USERS, changedPerMille };
    const { manifest, processorSeconds, megabytes } = answered<WrittenSnapshot>('write.ts', asked);
    manifests.push(manifest);
    const bar = (functionMemory()[WRITER] ?? 0) * WRITER_SHARE;
    process.stdout.write(
      `a snapshot with its index is written: ${processorSeconds.toFixed(1)} s of processor; ${megabytes.toFixed(0)} MB, ${(megabytes / bar).toFixed(2)} of the bar of ${bar} MB, ${WRITER_SHARE * 100} % of what ${WRITER} has\n`,
    );
    if (megabytes > bar) process.exitCode = 1;
  }
  if (!ONLY_WRITE) read(manifests, answered);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Measures the reading of these snapshots. */
function read(manifests: readonly Manifest[], answered: <T>(script: 'measure.ts', what: object) => T): void {
  const measured = (what: Omit<AskedReading, 'folder'>): Figures => answered<Figures>('measure.ts', what);
  const told = (what: string, bar: number, expected: number, result: Figures): void => {
    const { seconds, processorSeconds, megabytes, found } = result;
    if (found !== expected) throw new Error(`${what}: found ${found}, expected ${expected}`);
    process.stdout.write(
      `${what}: ${seconds.toFixed(1)} s, ${(seconds / bar).toFixed(2)} of the bar of ${bar} s (${processorSeconds.toFixed(1)} s of processor); ${megabytes.toFixed(0)} MB, ${(megabytes / MEGABYTES).toFixed(2)} of the bar of ${MEGABYTES} MB\n`,
    );
    if (seconds > bar || megabytes > MEGABYTES) process.exitCode = 1;
  };
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
}
