import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../templates.ts';

const run = promisify(execFile);

/** Copies what a clone of this checkout would hold, uncommitted changes included; no installed package, no build. */
export async function freshCopy(folder: string): Promise<void> {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 64 * 2 ** 20,
  });
  for (const path of stdout.split('\0').filter((name) => name !== '' && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(root, path), join(folder, path));
  }
}

/** `npm pack` in a folder. Resolves the tarball's path. */
export async function packIn(
  checkout: string,
  into: string,
): Promise<{ readonly tarball: string; readonly files: readonly string[] }> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', into], {
    cwd: checkout,
    maxBuffer: 64 * 2 ** 20,
  });
  const [packed] = JSON.parse(stdout) as [{ filename: string; files: { path: string }[] }];
  return { tarball: join(into, packed.filename), files: packed.files.map(({ path }) => path) };
}

/** Installs a tarball into an empty folder, with an empty cache and without a network: what is not in it cannot come from anywhere. */
export async function installAlone(tarball: string, folder: string): Promise<void> {
  mkdirSync(folder);
  await run('npm', ['install', '--offline', '--cache', `${folder}-cache`, '--no-audit', '--no-fund', tarball], {
    cwd: folder,
  });
}
