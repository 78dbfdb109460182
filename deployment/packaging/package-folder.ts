import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openBuildFiles } from '../../source/domain/operator/build/open-build-files.ts';
import { openBuild } from './assets.ts';
import { bundleCommandLine } from './command-line.ts';

/** Entry of the command line below the folder. */
export const COMMAND_LINE = 'cli/main.js';

/**
 * Writes what the npm package holds besides its documents: the command line, and the build with its placeholders unfilled.
 * @param folder is replaced
 */
export async function writePackageFolder(root: string, folder: string): Promise<void> {
  const [commandLine, build] = await Promise.all([bundleCommandLine(root), openBuild(root).then(openBuildFiles)]);
  rmSync(folder, { recursive: true, force: true });
  const write = (path: string, content: Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content, { mode: path === COMMAND_LINE ? 0o755 : 0o644 });
  };
  for (const [name, content] of commandLine) write(`cli/${name}`, content);
  for (const [path, content] of build) write(`build/${path}`, content);
}
