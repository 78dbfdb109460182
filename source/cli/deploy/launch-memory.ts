import { launchesIn, rememberedLaunch, withLaunch, withoutLaunch } from '../../domain/operator/deploy/answers.ts';
import type { LaunchKey, RememberedLaunch } from '../../domain/operator/deploy/answers.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { fileProblem, writeAskedFile } from '../private-file.ts';

/** Where answers are remembered unless --answers names another file. */
export const ANSWERS_FILE = 'cognito-user-profiles-export.json';

const ANOTHER_FILE = 'Name another file with --answers.';

/** What is remembered, in a file that only its owner can read. */
export interface LaunchMemory {
  readonly path: string;
  readonly all: () => readonly RememberedLaunch[];
  readonly of: (key: LaunchKey) => RememberedLaunch | undefined;
  /** Written at once: whoever is killed the next moment goes on from here. */
  readonly remember: (launch: RememberedLaunch) => Promise<void>;
  readonly forget: (key: LaunchKey) => Promise<void>;
}

/** Reads the file. @throws CliError when it cannot be read, or holds something else */
export async function launchMemory(
  { readFile, writePrivateFile }: Pick<CliContext, 'readFile' | 'writePrivateFile'>,
  path: string,
): Promise<LaunchMemory> {
  const content = await readFile(path).catch((error: unknown) => {
    const found = `it cannot be read (${fileProblem(error)})`;
    throw new CliError('refused', { thing: `Answers file ${path}`, found, next: ANOTHER_FILE }, { cause: error });
  });
  const found = content === undefined ? [] : launchesIn(content);
  if (found === undefined)
    throw new CliError('refused', {
      thing: `Answers file ${path}`,
      found: 'it does not hold what deploy writes there',
      next: 'Name another file with --answers, or move this one away.',
    });
  let launches = found;
  const write = async (text: string): Promise<void> => {
    await writeAskedFile({ writePrivateFile }, path, text, ANOTHER_FILE);
    launches = launchesIn(text) ?? [];
  };
  return {
    path,
    all: () => launches,
    of: (key) => rememberedLaunch(launches, key),
    remember: (launch) => write(withLaunch(launches, launch)),
    forget: async (key) => {
      if (rememberedLaunch(launches, key) !== undefined) await write(withoutLaunch(launches, key));
    },
  };
}
