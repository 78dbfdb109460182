import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBuildFrom, PARAMETERS_FILE } from '../../domain/operator/build/open-build-files.ts';
import type { OpenBuild } from '../../domain/operator/build/fill-build.ts';
import type { ParameterSource } from '../../domain/operator/deploy/parameters.ts';
import { CliError } from '../cli-error.ts';

/** What the npm package carries beside the code. */
export interface PackageFiles {
  /** Undefined where the package was not built yet: only in a checkout. */
  readonly parameters: () => ParameterSource | undefined;
  readonly openBuild: () => OpenBuild;
}

/** Of the folder that `npm pack` fills. @throws CliError, when it is not there */
export const packageFilesIn = (folder: string): PackageFiles => ({
  parameters: () =>
    existsSync(join(folder, PARAMETERS_FILE))
      ? (JSON.parse(readFileSync(join(folder, PARAMETERS_FILE), 'utf8')) as ParameterSource)
      : undefined,
  openBuild: () => {
    if (!existsSync(folder))
      throw new CliError('usage', {
        thing: 'Build of the templates',
        found: `there is no folder ${folder}`,
        next: 'In a checkout run npm pack first, and use the package that it makes.',
      });
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
    return openBuildFrom(paths, (path) => readFileSync(join(folder, path)));
  },
});

const here = dirname(fileURLToPath(import.meta.url));

/** Beside the bundle (dist/cli); from the sources in a checkout, that of the last `npm pack`. */
export const packageFiles = packageFilesIn(
  here.endsWith(join('dist', 'cli')) ? join(here, '..', 'build') : join(here, '..', '..', '..', 'dist', 'build'),
);
