import type { ExitKind } from './exit-codes.ts';

/** The parts of an error message, each a sentence without its full stop or a few words. */
export interface CliErrorText {
  /** What it is about, for instance `Stack Backup in us-east-1`. */
  readonly thing: string;
  /** What was found there. */
  readonly found: string;
  /** What to do now. */
  readonly next: string;
}

/** Ends a command: the thing, what was found, and what to do; `kind` decides the exit code. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly kind: ExitKind;
  readonly text: CliErrorText;
  constructor(kind: ExitKind, text: CliErrorText, options?: ErrorOptions) {
    super(`${text.thing}: ${sentence(text.found)} ${sentence(text.next)}`, options);
    this.kind = kind;
    this.text = text;
  }
}

const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`);

/** True for an error that is told as it is; by its name, since a command is loaded on its own, with a class of its own. */
export const isCliError = (error: unknown): error is CliError => error instanceof Error && error.name === 'CliError';
