import { wrap } from '../../domain/wrap.ts';
import { PROGRAM } from '../program.ts';
import type { Block, Row, Status, Tone } from './output.ts';

/** Colours a word; plain text leaves it as it is. */
export type Paint = (tone: Tone | 'heading', text: string) => string;
export const unpainted: Paint = (_tone, text) => text;

const GAP = 2;
/** Below this a label gets a line of its own. */
const NARROWEST_VALUE = 24;

/** Blocks one below the other, an empty line between them. */
export const layOut = (blocks: readonly Block[], width: number, paint: Paint): string =>
  blocks.map((block) => `${blockLines(block, width, paint).join('\n')}\n`).join('\n');

function blockLines({ heading, rows = [], lines = [] }: Block, width: number, paint: Paint): string[] {
  const indent = heading === undefined ? '' : '  ';
  const inside = width - indent.length;
  return [
    ...(heading === undefined ? [] : wrap(heading, width).map((line) => paint('heading', line))),
    ...rowLines(rows, inside, paint).map((line) => `${indent}${line}`),
    ...lines.flatMap((line) => sentenceLines(line, inside)).map((line) => `${indent}${line}`),
  ];
}

/** A command to be pasted, alone or at the end of a sentence. */
const COMMAND = new RegExp(`^(.*[:.] )?((?:${PROGRAM}|aws) .*)$`);

/** A command that is too long stands on a line of its own and is left to the terminal: half of it must never be pasted. */
function sentenceLines(line: string, width: number): string[] {
  const [, before = '', command] = COMMAND.exec(line) ?? [];
  if (command === undefined || line.length <= width) return wrap(line, width);
  return [...(before === '' ? [] : wrap(before.trimEnd(), width)), command];
}

function rowLines(rows: readonly Row[], width: number, paint: Paint): string[] {
  const column = Math.max(0, ...rows.map(({ label }) => label.length)) + GAP;
  const room = width - column;
  const painted = ({ tone }: Row, line: string): string => (tone === undefined ? line : paint(tone, line));
  return rows.flatMap((row) => {
    if (room < NARROWEST_VALUE)
      return [row.label, ...wrap(row.value, width - GAP).map((line) => `${' '.repeat(GAP)}${painted(row, line)}`)];
    return wrap(row.value, room).map(
      (line, index) => `${(index === 0 ? row.label : '').padEnd(column)}${painted(row, line)}`,
    );
  });
}

/** `Importing users  42 %  about 3 min 20 s left` */
export function statusText({ text, percentDone, secondsRemaining }: Status): string {
  return [
    text,
    ...(percentDone === undefined ? [] : [`${Math.floor(percentDone)} %`]),
    ...(secondsRemaining === undefined ? [] : [`about ${roughly(secondsRemaining)} left`]),
  ].join('  ');
}

/** `2 h 5 min`, `12 min`, `40 s`: an estimate needs no seconds beside minutes. */
function roughly(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 90 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The commands that come next, each on a line of its own, so that it can be copied. */
export const nextBlock = (next: readonly string[]): Block => ({ heading: 'Next', lines: next });
