import { stringify } from 'csv-stringify/sync';

/** Characters that cannot be seen and that end a line, hide, or turn round what stands beside them; halves of characters. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;
/**
 * Where a spreadsheet could begin to read a formula: at the start of a cell, and, since what separates cells depends on
 * the reader's language, behind anything that does so somewhere (OWASP, "CSV Injection").
 */
const FORMULA = /(^|[,;|"'])(\s*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/gu;

const codeOf = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** A value as a terminal shows it: unseen characters are written as \\u and their number. */
export const visibleText = (value: string): string => value.replace(UNSEEN, codeOf);

/**
 * A value as it stands in a report: what it shows is what it is, and nothing of it can be run. Unseen characters are
 * written as \u and their number; an apostrophe precedes what a spreadsheet would take for a formula.
 */
export const reportCell = (value: string): string => visibleText(value).replace(FORMULA, "$1$2'");

/** A cell without the apostrophe that `reportCell` put before it, as a terminal shows it. */
export const cellAsWritten = (cell: string): string =>
  cell.replace(/^(\s*)'(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/u, '$1');

/** One line of a report that is meant for a spreadsheet. */
export const reportLine = (cells: readonly string[]): string =>
  stringify([cells.map(reportCell)], { record_delimiter: '\n' });
