import { randomBytes } from 'node:crypto';
import { chmod, open, readlink, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';

/** Writes what was asked for to a file that only its owner can read. @throws CliError when it cannot be written */
export async function writeAskedFile(
  { writePrivateFile }: Pick<CliContext, 'writePrivateFile'>,
  path: string,
  content: string | Uint8Array,
  next = 'Give another path.',
): Promise<void> {
  try {
    await writePrivateFile(path, content);
  } catch (error) {
    throw new CliError(
      'failed',
      { thing: path, found: `it cannot be written (${fileProblem(error)})`, next },
      { cause: error },
    );
  }
}

/** What the file system says, without the path: that of a file beside its place would only confuse. */
export const fileProblem = (error: unknown): string => (error as Error).message.replace(/, \w+(?: '.*)?$/, '');

/** Two files of one path: the second would take the place of the first. @throws CliError usage */
export function assertTwoFiles(files: Readonly<Record<string, string | undefined>>): void {
  const [one, other] = Object.entries(files);
  if (one?.[1] === undefined || other?.[1] === undefined || resolve(one[1]) !== resolve(other[1])) return;
  throw new CliError('usage', {
    thing: `${one[0]} and ${other[0]}`,
    found: `both name ${one[1]}`,
    next: 'Give each a file of its own.',
  });
}

const OWNER_ONLY = 0o600;
const STANDARD_OUTPUT = ['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

/**
 * Writes a file that only its owner can read, and never one that others could read for a moment: it is written beside its
 * place and takes it when it is whole, so that a file of before, its permissions and whoever has it open see nothing of it.
 * A link stays, and the file that it names is replaced. What is no file (a pipe, /dev/null) is written as it is.
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  if (STANDARD_OUTPUT.includes(resolve(path))) {
    // Opened anew, a file that the shell has opened would be written from its beginning again.
    await new Promise((done) => process.stdout.write(content, done));
    return;
  }
  if ((await kindOf(path)) === 'other') {
    await writeFile(path, content);
    return;
  }
  const place = await placeOf(path);
  const beside = join(dirname(place), `.${basename(place)}.${randomBytes(8).toString('hex')}.tmp`);
  try {
    const file = await open(beside, 'wx', OWNER_ONLY);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await rename(beside, place);
  } catch (error) {
    await rm(beside, { force: true });
    if (!isNotAllowed(error) || !(await exists(place))) throw error;
    // A folder that takes no new file: the old one is closed to others before anything is written to it.
    await chmod(place, OWNER_ONLY);
    await writeFile(place, content);
  }
}

const exists = async (path: string): Promise<boolean> => (await kindOf(path)) !== 'none';

async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | 'none'> {
  try {
    const found = await stat(path);
    return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'none';
    throw error;
  }
}

/** Where the file itself lies or is to lie, behind links, also one that leads nowhere yet. */
async function placeOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
  try {
    return resolve(dirname(path), await readlink(path));
  } catch {
    return path;
  }
}

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;
const isNotAllowed = (error: unknown): boolean => ['EACCES', 'EPERM', 'EROFS'].includes(codeOf(error) ?? '');
