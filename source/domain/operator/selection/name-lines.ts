/** The names of a list, and what was left out of it. */
export interface NameLines {
  /** Each once, in the order of the list. */
  readonly names: readonly string[];
  readonly blank: number;
  /** Lines that repeat one before. */
  readonly repeated: number;
  /** Numbers of lines, from 1 on, that can hold no name. */
  readonly unreadable: readonly number[];
}

/** Of a line that no name is as long as: an attribute has at most 2,048 characters. */
const LONGEST = 2_048;
/** Control characters, and what stands for bytes that are no UTF-8. */
const NO_TEXT = /[\p{Cc}\ufffd]/u;

/** Takes a list apart: one name per line, whatever ends the lines; blanks around a name do not belong to it. */
export function nameLines(text: string): NameLines {
  const names = new Set<string>();
  const unreadable: number[] = [];
  let blank = 0;
  let repeated = 0;
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  // What ends the last line begins no other one.
  if (lines.at(-1) === '') lines.pop();
  for (const [index, line] of lines.entries()) {
    const name = line.trim();
    if (name === '') blank += 1;
    else if (name.length > LONGEST || NO_TEXT.test(name)) unreadable.push(index + 1);
    else if (names.has(name)) repeated += 1;
    else names.add(name);
  }
  return { names: [...names], blank, repeated, unreadable };
}
