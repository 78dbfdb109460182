import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { projectRoot } from './project-root.ts';

const LOCK = join(projectRoot, '.venv.lock');
const LOCK_IS_STALE_AFTER_MS = 10 * 60_000;

/** A Python program that `setUpPython` can use: 3.10 or newer with the venv module. */
const PYTHONS = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];

/**
 * Makes sure that a virtual environment of the checkout holds the packages of a pinned requirements file, and gives the
 * path of its Python. Quiet and quick when nothing is to do; safe when several processes start at once.
 *
 * @param requirementsFile absolute path of a requirements file with hashes
 * @param say receives progress lines
 * @param folder of the environment; another than `.venv` for packages whose pins contradict those of the others
 * @throws Error naming what is missing or what pip said
 */
export async function setUpPython(
  requirementsFile: string,
  say: (line: string) => void = (line) => process.stderr.write(`${line}\n`),
  folder = '.venv',
): Promise<string> {
  const venv = join(projectRoot, folder);
  const python = join(venv, 'bin', 'python');
  const name = relative(projectRoot, requirementsFile);
  const stamp = join(venv, `.installed-${name.replaceAll('/', '-')}`);
  const wanted = createHash('sha256').update(readFileSync(requirementsFile)).digest('hex');
  const installed = (): boolean => existsSync(stamp) && existsSync(python) && readFileSync(stamp, 'utf8') === wanted;
  if (installed()) return python;
  return withLock(async () => {
    if (installed()) return python;
    if (!(await works(python, 'import pip'))) {
      const base = await findPython();
      say(`Setting up Python: virtual environment in ${folder} (${base}) ...`);
      rmSync(venv, { recursive: true, force: true });
      await run(base, ['-m', 'venv', venv], 'creating the virtual environment failed');
    }
    say(`Setting up Python: installing ${name} ...`);
    await run(
      python,
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--require-hashes', '-r', requirementsFile],
      `installing ${name} failed`,
    );
    writeFileSync(stamp, wanted);
    say(`Setting up Python: ${name} done.`);
    return python;
  });
}

async function findPython(): Promise<string> {
  for (const name of PYTHONS) {
    if (await works(name, 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))')) return name;
  }
  throw new Error(
    'Python 3.10 or newer with the venv module is needed for the local cloud, and none was found on the PATH. Install it (Debian/Ubuntu: apt-get install python3 python3-venv) and start again.',
  );
}

/** One process at a time works on the environment; a lock left behind by a killed one is taken over. */
async function withLock<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      mkdirSync(LOCK);
      writeFileSync(join(LOCK, 'pid'), String(process.pid));
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (holderIsGone()) rmSync(LOCK, { recursive: true, force: true });
      else await sleep(250);
    }
  }
  try {
    return await work();
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

function holderIsGone(): boolean {
  try {
    if (Date.now() - statSync(LOCK).mtimeMs > LOCK_IS_STALE_AFTER_MS) return true;
    const pid = Number(readFileSync(join(LOCK, 'pid'), 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return false;
  } catch (error) {
    // ENOENT: the holder is just between mkdir and its pid file, or has just finished; look again.
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function works(program: string, script: string): Promise<boolean> {
  return run(program, ['-c', script], '').then(
    () => true,
    () => false,
  );
}

function run(program: string, args: readonly string[], failure: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0
        ? resolve()
        : reject(new Error(`${failure} (exit code ${code ?? 'none'}):\n${output.trim().slice(-2000)}`)),
    );
  });
}
