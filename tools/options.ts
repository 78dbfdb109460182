/** What the command lines of the tools have in common. */
import { parseArgs } from 'node:util';
import type { ParseArgsConfig } from 'node:util';

/**
 * The options that a tool was called with. With --help, or when they cannot be read, the usage is shown and the process ends.
 * @param read throws Error that names the option, what was found and what is allowed
 */
export function optionsOrExit<T>(usage: string, read: (args: readonly string[]) => T): T {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return read(args);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${helpHint(usage)}\n`);
    process.exit(1);
  }
}

/** The whole usage below a message would scroll it away. */
const helpHint = (usage: string): string =>
  `All options: ${/^usage: (npm run \S+)/.exec(usage)?.[1] ?? 'see'} -- --help`;

/**
 * What a command line holds: the values of its options, and its other words where those are allowed.
 * @throws Error that names the argument which cannot be understood
 */
export function readArguments<const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
  allowPositionals = false,
) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals });
  } catch (error) {
    throw new Error(inOwnWords(error as NodeJS.ErrnoException), { cause: error });
  }
}

/** The values of named options. @throws Error for an argument that is none of them */
export const optionValues = <const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
) => readArguments(args, options).values;

/** Node explains how to escape what looks like an option; who mistyped one is helped by less. */
function inOwnWords({ code, message }: NodeJS.ErrnoException): string {
  const named = /'(-[^' ]*)/.exec(message)?.[1] ?? '';
  switch (code) {
    case 'ERR_PARSE_ARGS_UNKNOWN_OPTION':
      return `There is no option ${named}.`;
    case 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE':
      return /does not take/.test(message)
        ? `${named} takes no value.`
        : `${named} needs a value behind it, and none was found (a value that begins with a dash is written as ${named}=-1).`;
    case 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL':
      return `Only options are understood, found "${/'([^']*)'/.exec(message)?.[1] ?? ''}".`;
    case undefined:
    default:
      return message;
  }
}

/** @throws Error when the value of an option is no whole number in these limits */
export function wholeNumberOption(option: string, value: string, min: number, max: number): number {
  const number = /^-?\d+$/.test(value) ? Number(value) : NaN;
  if (Number.isNaN(number) || number < min || number > max)
    throw new Error(`${option} must be a whole number from ${min} to ${max}, found "${value}".`);
  return number;
}
