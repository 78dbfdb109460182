import type { OperatorClients } from '../adapters/operator/clients.ts';
import { CliError, isCliError } from './cli-error.ts';
import type { CommandDeclaration } from './command.ts';
import type { CliContext } from './context.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { assertAwsSettings, useProfile } from './aws-settings.ts';
import { explained } from './explain.ts';
import { jsonLines } from './output/json-lines.ts';
import type { Output, Streams } from './output/output.ts';
import { plainOutput } from './output/plain.ts';
import { terminalOutput } from './output/terminal.ts';
import { parseCommandLine, PROGRAM } from './program.ts';

/** The process around a command; tests make their own. */
export interface CliWorld extends Pick<
  CliContext,
  'clock' | 'interruption' | 'readStdin' | 'readFile' | 'writePrivateFile' | 'prompts' | 'randomHex'
> {
  readonly streams: Streams;
  /** Whether standard input and output both are terminals, so that somebody can be asked. */
  readonly terminal: boolean;
  /** Whether standard output is one. */
  readonly terminalOutput: boolean;
  /** Of this process: --profile changes it, since every part of the SDK reads it. */
  readonly environment: NodeJS.ProcessEnv;
  /** Loads the AWS clients: only a command that runs needs them. */
  readonly loadClients: () => Promise<OperatorClients>;
  readonly loadRegion: () => Promise<string | undefined>;
  /** Names of the profiles in the files of the AWS configuration. */
  readonly loadProfiles: () => Promise<readonly string[]>;
  readonly version: string;
}

/** Where there is no terminal, and of a terminal that does not say how wide it is. */
const USUAL_COLUMNS = 80;

/** Runs one command line to its end, whichever that is, and gives the exit code. */
export async function runCli(
  args: readonly string[],
  commands: readonly CommandDeclaration[],
  world: CliWorld,
): Promise<number> {
  const streams = { ...world.streams, columns: () => world.streams.columns() || USUAL_COLUMNS };
  const output = outputFor(args, { ...world, streams });
  try {
    const { version, environment } = world;
    const asked = await parseCommandLine(args, commands, version, { columns: streams.columns, out: streams.out });
    if (asked === 'shown') return EXIT_CODES.complete;
    useProfile(environment, asked.given);
    await assertAwsSettings(environment, world.loadProfiles);
    world.interruption.whenCut(() => output.error(cutShort()));
    const clients = await world.loadClients();
    const { clock, interruption, readStdin, readFile, writePrivateFile, prompts, randomHex, loadRegion } = world;
    const kind = await asked.action(
      {
        output,
        clock,
        clients,
        interruption,
        readStdin,
        readFile,
        writePrivateFile,
        prompts,
        randomHex,
        defaultRegion: loadRegion,
      },
      asked.given,
    );
    return EXIT_CODES[kind];
  } catch (error) {
    const told = isCliError(error) ? error : explained(PROGRAM, error);
    output.error(told);
    return EXIT_CODES[told.kind];
  }
}

/** What the arguments ask for, before they are read in full: also what is wrong with them is told in that form. */
function outputFor(args: readonly string[], world: CliWorld): Output {
  const { streams, clock, environment, terminal } = world;
  if (args.includes('--json')) return jsonLines(streams);
  const { NO_COLOR, TERM } = environment;
  if (!world.terminalOutput || TERM === 'dumb') return plainOutput(streams, clock);
  const colours = !args.includes('--no-color') && (NO_COLOR ?? '') === '';
  return terminalOutput(streams, { colours, interactive: terminal });
}

/** Ctrl-C where nobody lets go of the work by himself. */
const cutShort = (): CliError =>
  new CliError('detached', {
    thing: PROGRAM,
    found: 'ended by Ctrl-C before it was done',
    next: 'What it had begun in AWS goes on or stays as it is. To go on, type the same command again.',
  });
