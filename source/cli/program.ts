import { Command, CommanderError, Option } from 'commander';
import { CliError } from './cli-error.ts';
import type { CommandDeclaration } from './command.ts';
import type { CommandAction, Given } from './context.ts';
import { inShellQuotes } from '../domain/shell-quotes.ts';
import { wrap } from '../domain/wrap.ts';

/** As it is typed. */
export const PROGRAM = 'cognito-user-profiles-export';

/** Where somebody typed that he works; the commands that are proposed to him say it, too. */
export interface TypedPlace {
  readonly region?: string;
  readonly profile?: string;
  readonly stack?: string;
}

/** A command as it can be pasted, at the same place. */
export const typed = ({ region, profile, stack }: TypedPlace, command: string): string =>
  [
    PROGRAM,
    command,
    ...(region === undefined ? [] : ['--region', region]),
    ...(profile === undefined ? [] : ['--profile', profile]),
    ...(stack === undefined ? [] : ['--stack', stack]),
  ].join(' ');

/** A command with names of things of the pool, as a shell takes it; names that begin as an option does stand behind all options. */
export function typedWithNames(
  place: TypedPlace,
  command: string,
  { names, options }: { readonly names: readonly string[]; readonly options: string },
): string {
  const words = names.map(quoted).join(' ');
  return names.some((name) => name.startsWith('-'))
    ? `${typed(place, `${command} ${options}`)} -- ${words}`
    : typed(place, `${command} ${words} ${options}`);
}

/** As a shell takes it as one word; at the beginning of one `=` stands for more than itself in some. */
export const quoted = (name: string): string =>
  /^[\w.@%+:,/-][\w.@%+=:,/-]*$/.test(name) ? name : inShellQuotes(name);

/** How the help is shown. */
export interface HelpStyle {
  readonly columns: () => number;
  readonly out: (text: string) => void;
}

/** What was asked for: a command with what was given to it, or nothing more, since help or version have been shown. */
export type Asked = { readonly action: CommandAction; readonly given: Given } | 'shown';

/**
 * Reads the command line; shows help and version itself.
 * @throws CliError usage, with a suggestion where a word is nearly right
 */
export async function parseCommandLine(
  args: readonly string[],
  commands: readonly CommandDeclaration[],
  version: string,
  style: HelpStyle,
): Promise<Asked> {
  let asked: (() => Promise<Asked>) | undefined;
  const program = prepared(new Command(PROGRAM), style)
    .description('Backs up Amazon Cognito user pools, restores them, and proves that it can.')
    .version(version, '-V, --version', 'print the version')
    .usage('<command> [options]')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      `\n${wrap(`Each command has more to say: ${PROGRAM} <command> --help`, style.columns()).join('\n')}`,
    );
  // Also before the command; its own help lists them.
  for (const option of commonOptions()) program.addOption(option.hideHelp());
  for (const declaration of commands)
    program.addCommand(
      commandOf(declaration, style, (given) => {
        asked = async () => ({ action: await declaration.load(), given });
      }),
    );
  try {
    await program.parseAsync([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return 'shown';
    throw error;
  }
  return asked === undefined ? 'shown' : asked();
}

function prepared(command: Command, { columns, out }: HelpStyle): Command {
  return command
    .exitOverride((error) => {
      throw error.exitCode === 0 ? error : usageError(error, command.name());
    })
    .showSuggestionAfterError(true)
    .configureOutput({
      writeOut: out,
      // An error is told by whoever catches it, in the form that was asked for.
      writeErr: () => undefined,
      getOutHelpWidth: columns,
      getErrHelpWidth: columns,
      getOutHasColors: () => false,
    })
    .helpOption('-h, --help', 'print this help');
}

function commandOf(declaration: CommandDeclaration, style: HelpStyle, called: (given: Given) => void): Command {
  const { name, summary, description = [summary], configure, examples } = declaration;
  const command = prepared(new Command(name), style).summary(summary).description(description.join('\n\n'));
  configure?.(command);
  for (const option of commonOptions()) command.addOption(option);
  command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => exampleText(example, style.columns())).join('\n')}`,
  );
  return command.action(() => {
    called({ args: command.args, options: command.optsWithGlobals() });
  });
}

function exampleText([typed, purpose]: CommandDeclaration['examples'][number], columns: number): string {
  return [...wrap(`  ${purpose}:`, columns), `    ${PROGRAM} ${typed}`].join('\n');
}

/** What every command takes. */
const commonOptions = (): Option[] => [
  new Option('--profile <name>', 'profile of the AWS configuration'),
  new Option(
    '--region <region>',
    'Region of the user pool, where the stack is; else that of AWS_REGION or the profile',
  ),
  new Option('--stack <name>', 'name of the main stack, where a Region has several'),
  new Option('--json', 'print JSON, one object per line'),
  new Option('--no-color', 'no colours; the same as NO_COLOR, or an output that is no terminal'),
];

/** commander says what is wrong, and on a second line what may have been meant. */
function usageError({ message, code }: CommanderError, command: string): CliError {
  const [problem = '', suggestion] = message.replace(/^error: /, '').split('\n');
  if (code === 'commander.help')
    return new CliError('usage', {
      thing: PROGRAM,
      found: 'no command was given',
      next: `${PROGRAM} --help lists them.`,
    });
  return new CliError('usage', {
    thing: 'Command line',
    found: problem,
    next:
      suggestion === undefined
        ? `${command === PROGRAM ? PROGRAM : `${PROGRAM} ${command}`} --help tells what there is.`
        : suggestion.replace(/^\((.*)\)$/, '$1'),
  });
}
