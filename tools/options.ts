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
    process.stderr.write(`${(error as Error).message}\n\n${usage}\n`);
    process.exit(1);
  }
}

/** The values of named options. @throws TypeError for an argument that is none of them */
export const optionValues = <const O extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: O,
) => parseArgs({ args: [...args], options }).values;

/** @throws Error when the value of an option is no whole number in these limits */
export function wholeNumberOption(option: string, value: string, min: number, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < min || number > max)
    throw new Error(`${option} must be a whole number from ${min} to ${max}, found "${value}".`);
  return number;
}
