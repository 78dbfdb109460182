import { InvalidArgumentError, Option } from 'commander';
import type { Command } from 'commander';
import { acceptanceNamed, momentIn, regionOfPool } from '../domain/operator/inputs.ts';
import type { Acceptance } from '../domain/operator/inputs.ts';
import { snapshotPlaceIn } from '../domain/backup/snapshot/place.ts';
import { CliError } from './cli-error.ts';
import type { CliContext } from './context.ts';
import { wrap } from '../domain/wrap.ts';

/** A value as it was typed; `-` takes it from standard input, so that it is in no shell history. */
export async function typedValue(
  { readStdin }: Pick<CliContext, 'readStdin'>,
  option: string,
  value: string,
): Promise<string> {
  if (value.trim() === '')
    throw new CliError('usage', { thing: option, found: 'it is empty', next: `Give ${option} a value.` });
  if (value !== '-') return value;
  const read = (await readStdin()).trim();
  if (read === '' || /[\r\n]/.test(read))
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

/** Calls per second are those of a listing, and without a pool nothing is listed. @throws CliError */
export function assertPoolForTps({ pool, tps }: { readonly pool?: string; readonly tps?: number }): void {
  if (tps === undefined || pool !== undefined) return;
  throw new CliError('usage', {
    thing: '--tps',
    found: 'no user pool was given, so that nothing is asked of Cognito',
    next: 'Give --pool, too, or leave --tps out.',
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

/** `--snapshot`, in place of what the launch keeps itself. */
export const snapshotOption = (conflicting: readonly string[]): Option =>
  new Option(
    '--snapshot <url>',
    's3://bucket/prefix/ in which the snapshot lies: the vault, the bucket of an earlier launch, or what adopt wrote',
  ).conflicts([...conflicting]);

/** A stack has a name of letters, digits and hyphens; roles carry its beginning. */
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;

/** CloudFormation answers another name with a sentence about its own parameter. @throws CliError */
export function assertStackName(stack: string | undefined): void {
  if (stack !== undefined && !STACK_NAME.test(stack))
    throw new CliError('usage', {
      thing: '--stack',
      found: `"${stack}" is no name for a stack`,
      next: 'A name begins with a letter and has up to 128 letters, digits and hyphens.',
    });
}

const RUN_ID = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

/** The whole id of a run: the workflow knows no other. @throws CliError */
export function assertRunId(run: string | undefined): void {
  if (run !== undefined && !RUN_ID.test(run))
    throw new CliError('usage', {
      thing: '--run',
      found: `"${run}" is no id of an export run`,
      next: 'Give an id such as 20260301T000000Z-0a1b2c3d, or a time by --at.',
    });
}

/** Whether the launch may read it, only its workflow knows. @throws CliError */
export function assertSnapshotUrl(url: string | undefined): void {
  if (url === undefined || snapshotPlaceIn(url) !== undefined) return;
  throw new CliError('usage', {
    thing: '--snapshot',
    found: 'that is no prefix of a bucket',
    next: 'Give s3://bucket/ or s3://bucket/prefix/, with the slash at its end.',
  });
}

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
