import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { acceptanceNamed, momentIn, regionOfPool } from '../domain/operator/inputs.ts';
import type { Acceptance } from '../domain/operator/inputs.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { wrap } from '../domain/wrap.ts';

/** A value as it was typed; `-` takes it from standard input, so that it is in no shell history. */
export async function typedValue(
  { readStdin }: Pick<CliContext, 'readStdin'>,
  option: string,
  value: string,
): Promise<string> {
  if (value !== '-') return value;
  const read = (await readStdin()).trim();
  if (read === '' || /\s/.test(read))
    throw new CliError('usage', {
      thing: option,
      found: read === '' ? 'standard input is empty' : 'standard input holds more than one value',
      next: `Give ${option} one value, or pipe exactly one into the command.`,
    });
  return read;
}

/** The id of a user pool that was typed, with its Region. @throws CliError */
export async function typedPool(
  context: Pick<CliContext, 'readStdin'>,
  option: string,
  value: string,
): Promise<{ readonly poolId: string; readonly region: string }> {
  const poolId = await typedValue(context, option, value);
  const region = regionOfPool(poolId);
  if (region !== undefined) return { poolId, region };
  throw new CliError('usage', {
    thing: option,
    found: `"${poolId}" is no id of a user pool`,
    next: 'Give the id as the Cognito console shows it, such as us-east-1_AbCdEfGhI.',
  });
}

/** `--accept`, which may be given several times, or with words separated by commas. */
export function withAcceptances(command: Command, acceptances: readonly Acceptance[]): void {
  const words = acceptances.map(({ word }) => word);
  command.option(
    '--accept <what>',
    `accept beforehand: ${words.join(', ')}`,
    (value: string, before: readonly Acceptance[] | undefined) => [
      ...(before ?? []),
      ...value.split(',').map((word) => {
        const found = acceptanceNamed(acceptances, word.trim());
        if (found === undefined) throw new InvalidArgumentError(`Allowed are ${words.join(', ')}.`);
        return found;
      }),
    ],
  );
  command.addHelpText('after', () => {
    const columns = command.configureOutput().getOutHelpWidth?.() ?? 80;
    return `\nWhat --accept takes:\n${acceptances.flatMap(({ word, meaning }) => [`  ${word}`, ...wrap(`    ${meaning}`, columns)]).join('\n')}`;
  });
}

/** The keys of the workflow's input for what was accepted. */
export const acceptedKeys = (accepted: unknown): Readonly<Record<string, true>> =>
  Object.fromEntries(((accepted ?? []) as readonly Acceptance[]).map(({ key }) => [key, true]));

/** Reads a time with its zone, or the start or end of a day, in milliseconds since the epoch. */
export const momentAtThe =
  (ofDay: 'start' | 'end') =>
  (value: string): number => {
    const found = momentIn(value, ofDay);
    if (found === undefined)
      throw new InvalidArgumentError(
        'It must be a day such as 2026-11-27, or a time with its zone such as 2026-11-27T12:00Z.',
      );
    return found;
  };

/** `--at`, in place of `--run`. */
export const atOption = (meaning: string): Option =>
  new Option('--at <time>', `${meaning} at this time, such as 2026-11-27T12:00Z`)
    .argParser(momentAtThe('end'))
    .conflicts('run');

/** Reads a whole number between two bounds. */
export const wholeNumberBetween =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return number;
  };
