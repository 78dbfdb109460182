import type { Command } from 'commander';
import type { CommandAction } from './context.ts';

/** A command as the help shows it. What it does is loaded only when it is called: the help needs no AWS client. */
export interface CommandDeclaration {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** Paragraphs for its own help; without them the summary stands there. */
  readonly description?: readonly string[];
  /** Adds its arguments and options. */
  readonly configure?: (command: Command) => void;
  /** What to type, without the program's name, and what it is for. */
  readonly examples: readonly (readonly [typed: string, purpose: string])[];
  readonly load: () => Promise<CommandAction>;
}
