import { MOST_SELECTED } from '../../domain/import/selection/request.ts';
import { nameLines } from '../../domain/operator/selection/name-lines.ts';
import { counted, number } from '../../domain/counted.ts';
import { CliError } from '../cli-error.ts';
import type { CliContext } from '../context.ts';
import { fileProblem } from '../private-file.ts';

const SHOWN_LINES = 5;

/** Where names come from: typed, or one per line in a file or standard input. */
export interface NamesSource {
  readonly things: 'users' | 'groups';
  readonly args: readonly string[];
  readonly fromFile: string | undefined;
}

/** The names that were asked for, each once. @throws CliError when there are none, or a list cannot be read */
export async function namesGiven(context: CliContext, { things, args, fromFile }: NamesSource): Promise<string[]> {
  const typedNames = args.filter((arg) => arg !== '-');
  const lists = new Set([
    ...(typedNames.length < args.length ? ['-'] : []),
    ...(fromFile === undefined ? [] : [fromFile]),
  ]);
  const names = new Set(typedNames.map((name) => name.trim()).filter((name) => name !== ''));
  for (const path of lists) for (const name of await listed(context, path)) names.add(name);
  if (names.size === 0)
    throw new CliError('usage', {
      thing: things === 'users' ? 'Users' : 'Groups',
      found: 'none was named',
      next: `Name them behind the command, or one per line in a file: --from-file.`,
    });
  if (names.size > MOST_SELECTED)
    throw new CliError('usage', {
      thing: things === 'users' ? 'Users' : 'Groups',
      found: `${number(names.size)} were named, and at most ${number(MOST_SELECTED)} can be restored at a time`,
      next: 'Split the list; for a whole pool restore into a new, empty one: import.',
    });
  return [...names];
}

async function listed({ readFile, readStdin, output }: CliContext, path: string): Promise<readonly string[]> {
  const thing = path === '-' ? 'Standard input' : path;
  const text = path === '-' ? await readStdin() : await textOf(readFile, path);
  const { names, blank, repeated, unreadable } = nameLines(text);
  if (unreadable.length > 0)
    throw new CliError('usage', {
      thing,
      found: `${counted(unreadable.length, 'line')} can hold no name (${unreadable.slice(0, SHOWN_LINES).join(', ')}${unreadable.length > SHOWN_LINES ? ', ...' : ''})`,
      next: 'Give plain text in UTF-8 with one name per line.',
    });
  if (names.length === 0)
    throw new CliError('usage', {
      thing,
      found: blank === 0 ? 'it is empty' : `it has ${counted(blank, 'blank line')} and no name`,
      next: 'Put one name on each line.',
    });
  const leftOut = [
    ...(blank === 0 ? [] : [`${counted(blank, 'blank line')}`]),
    ...(repeated === 0 ? [] : [`${counted(repeated, 'repeated line')}`]),
  ];
  output.status({
    text: `${thing}: ${counted(names.length, 'name')}${leftOut.length === 0 ? '' : `, without ${leftOut.join(' and ')}`}.`,
    data: { names: names.length, blank_lines: blank, repeated_lines: repeated },
    lasting: true,
  });
  return names;
}

async function textOf(readFile: CliContext['readFile'], path: string): Promise<string> {
  const unusable = (found: string, cause?: unknown): CliError =>
    new CliError('usage', { thing: path, found, next: 'Check --from-file; - reads standard input.' }, { cause });
  const text = await readFile(path).catch((error: unknown) => {
    throw unusable(`it cannot be read (${fileProblem(error)})`, error);
  });
  if (text === undefined) throw unusable('there is no such file');
  return text;
}
