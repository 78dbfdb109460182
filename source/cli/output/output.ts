import type { CliError } from '../cli-error.ts';

/** How a value is to be taken; terminals show it by colour, and no text relies on it. */
export type Tone = 'good' | 'warning' | 'bad' | 'quiet';

/** A label and what is known about it. */
export interface Row {
  readonly label: string;
  readonly value: string;
  readonly tone?: Tone;
}

/** A part of what a command prints: rows below a heading, or sentences. */
export interface Block {
  readonly heading?: string;
  readonly rows?: readonly Row[];
  readonly lines?: readonly string[];
}

/** Where the work is. */
export interface Status {
  readonly text: string;
  /** 0 to 100. */
  readonly percentDone?: number;
  readonly secondsRemaining?: number;
  /** For machines; without personal data. */
  readonly data?: Readonly<Record<string, unknown>>;
  /** A step that stays on the screen; others are replaced by the next one, and left out of plain text for half a minute. */
  readonly lasting?: boolean;
  /** Below the text of a step that stays; a machine gets `data`. */
  readonly blocks?: readonly Block[];
}

/** What a command found or did, once, at its end. */
export interface Summary {
  readonly blocks: readonly Block[];
  /** The same for machines. */
  readonly data: Readonly<Record<string, unknown>>;
  /** What to type next. */
  readonly next?: readonly string[];
}

/** Where a command's words go. */
export interface Output {
  /** False where nobody can be asked: no terminal, or JSON. */
  readonly interactive: boolean;
  status(status: Status): void;
  summary(summary: Summary): void;
  /** To standard error. */
  error(error: CliError): void;
}

/** The streams below an output. */
export interface Streams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Columns of the terminal, asked each time: windows change. */
  readonly columns: () => number;
}
