import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';

/** Writes what was asked for to a file that only its owner can read. @throws CliError when it cannot be written */
export async function writeAskedFile(
  { writePrivateFile }: Pick<CliContext, 'writePrivateFile'>,
  path: string,
  content: string | Uint8Array,
): Promise<void> {
  try {
    await writePrivateFile(path, content);
  } catch (error) {
    throw new CliError(
      'failed',
      { thing: path, found: `it cannot be written (${(error as Error).message})`, next: 'Give another path.' },
      { cause: error },
    );
  }
}
