import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { withLock } from './lock.ts';
import { projectRoot } from './project-root.ts';
import { runProgram } from './run-program.ts';

const LOCK = join(projectRoot, '.venv.lock');

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
  return withLock(LOCK, async () => {
    if (installed()) return python;
    if (!(await works(python, 'import pip'))) {
      const base = await findPython();
      say(`Setting up Python: virtual environment in ${folder} (${base}) ...`);
      rmSync(venv, { recursive: true, force: true });
      await runProgram(base, ['-m', 'venv', venv], 'creating the virtual environment failed');
    }
    say(`Setting up Python: installing ${name} ...`);
    await runProgram(
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

const works = (program: string, script: string): Promise<boolean> =>
  runProgram(program, ['-c', script], `${program} does not work`).then(
    () => true,
    () => false,
  );
