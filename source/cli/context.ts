import type { OperatorClients } from '../adapters/operator/clients.ts';
import type { Clock } from '../domain/ports.ts';
import type { ExitKind } from './exit-codes.ts';
import type { Interruption } from './interruption.ts';
import type { Output } from './output/output.ts';
import type { Prompts } from './prompts.ts';

/** Everything that a command reads, waits for or writes to; tests pass their own. */
export interface CliContext {
  readonly output: Output;
  readonly clock: Clock;
  /** AWS clients, made from the ordinary credential chain. */
  readonly clients: OperatorClients;
  readonly interruption: Interruption;
  /** The Region of the environment or of the profile. */
  readonly defaultRegion: () => Promise<string | undefined>;
  /** All of standard input. */
  readonly readStdin: () => Promise<string>;
  /** A text file; undefined when there is none. */
  readonly readFile: (path: string) => Promise<string | undefined>;
  /** Asks a person, where `output` is interactive. */
  readonly prompts: Prompts;
  /** That many random bytes in hexadecimal digits. */
  readonly randomHex: (bytes: number) => string;
  /** Writes a file that only its owner can read (0600). */
  readonly writePrivateFile: (path: string, content: string | Uint8Array) => Promise<void>;
}

/** What was typed, as commander took it apart; each command checks the values of its own. */
export interface Given {
  readonly args: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
}

/** Does what a command is for, and says how it ended. @throws CliError */
export type CommandAction = (context: CliContext, given: Given) => Promise<ExitKind>;
