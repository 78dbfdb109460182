/**
 * Builds twice as different people would: another folder, umask, time zone, locale and time of the files; then compares the
 * SHA-256 of everything that came out. A build that depends on its surroundings cannot be checked against its sources.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { differencesOf, digestsOf } from './digests.ts';

const root = join(import.meta.dirname, '..', '..');
const SOURCES = [
  'source',
  'templates',
  'deployment/packaging',
  'deployment/build.ts',
  'package.json',
  'tsconfig.json',
  'LICENSE',
];
const PATIENCE_MS = 120_000;

interface Surroundings {
  readonly folder: string;
  readonly umask: string;
  readonly fileTime: Date;
  readonly env: Readonly<Record<string, string>>;
}
const SURROUNDINGS: readonly Surroundings[] = [
  {
    folder: 'a',
    umask: '022',
    fileTime: new Date('2001-02-03T04:05:06Z'),
    env: { TZ: 'UTC', LC_ALL: 'C', SOURCE_DATE_EPOCH: '0' },
  },
  {
    folder: 'checkout of somebody else/deeper',
    umask: '077',
    fileTime: new Date('2026-07-08T09:10:11Z'),
    env: { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
  },
];

/** Copies the sources, builds them there and gives the digests of both output folders. */
async function buildIn(
  parent: string,
  { folder, umask, fileTime, env }: Surroundings,
): Promise<ReadonlyMap<string, string>> {
  const checkout = join(parent, folder);
  for (const path of SOURCES) {
    mkdirSync(dirname(join(checkout, path)), { recursive: true });
    cpSync(join(root, path), join(checkout, path), { recursive: true });
  }
  for (const file of readdirSync(checkout, { recursive: true, encoding: 'utf8' }))
    utimesSync(join(checkout, file), fileTime, fileTime);
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  await run(checkout, umask, env);
  return digestsOf(join(checkout, 'deployment'), ['global-s3-assets', 'regional-s3-assets']);
}

function run(checkout: string, umask: string, env: Readonly<Record<string, string>>): Promise<void> {
  const command =
    'umask "$1" && cd "$2" && exec "$3" --import tsx deployment/build.ts example-assets cognito-user-profiles-export v0.0.0';
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command, 'sh', umask, checkout, process.execPath], {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: PATIENCE_MS,
    });
    let errors = '';
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString();
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(
            new Error(`The build in ${checkout} failed (exit code ${code ?? 'none: it took too long'}).\n${errors}`),
          ),
    );
  });
}

const parent = mkdtempSync(join(tmpdir(), 'two-builds-'));
try {
  // Both to their end, also when one fails: the folder is removed below.
  const builds = await Promise.allSettled(SURROUNDINGS.map((surroundings) => buildIn(parent, surroundings)));
  const [first = new Map<string, string>(), second = new Map<string, string>()] = builds.map((build) => {
    if (build.status === 'rejected') throw build.reason;
    return build.value;
  });
  const differences = differencesOf(first, second);
  if (differences.length > 0) throw new Error(`Two builds of the same sources differ:\n${differences.join('\n')}`);
  const zips = [...first.keys()].filter((name) => name.endsWith('.zip')).length;
  if (zips === 0) throw new Error('The build made no zip: nothing was compared.');
  console.log(
    `Two builds in different surroundings gave the same ${first.size} files, ${zips} of them zips, by SHA-256.`,
  );
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  rmSync(parent, { recursive: true, force: true });
}
