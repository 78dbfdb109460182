import type { ImportJobOptions } from './options.ts';

/** Limits of one CSV file (Cognito Developer Guide, "Importing users into user pools from a CSV file"). */
export const csvLimits = { fileBytes: 100_000_000, rows: 500_000, rowCharacters: 16_000 } as const;

type TextOptions = Pick<ImportJobOptions, 'backslash' | 'quote'>;

/** Either the file's lines (header first, without their ends), or why the file as a whole cannot be read. */
export type CsvFile = { readonly header: string; readonly rows: readonly string[] } | { readonly unreadable: string };

/**
 * Splits an uploaded file into lines by Cognito's rules: UTF-8 without a byte order mark, one line feed per row, no
 * quoting, so a line feed always ends a row. Empty lines at the end of the file are not rows.
 */
export function readCsvFile(file: Buffer): CsvFile {
  if (file.byteLength > csvLimits.fileBytes) return { unreadable: 'The CSV file is larger than 100 MB.' };
  if (file.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])))
    return { unreadable: 'The CSV file begins with a byte order mark.' };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    return { unreadable: 'The CSV file is not valid UTF-8.' };
  }
  const lines = text.split('\n');
  while (lines.length > 0 && lines[lines.length - 1]?.trim() === '') lines.pop();
  const header = lines[0];
  if (header === undefined) return { unreadable: 'The CSV file is empty.' };
  const rows = lines.slice(1);
  if (rows.length > csvLimits.rows) return { unreadable: 'The CSV file has more than 500,000 users.' };
  return { header, rows };
}

/**
 * The values of one row: separated by commas, `\,` is a comma inside a value, white space around a value is trimmed.
 * What a backslash elsewhere and a double quote become is not documented, hence the options.
 */
export function splitRow(row: string, options: TextOptions): string[] {
  const text = options.quote === 'dropped' ? row.replaceAll('"', '') : row;
  if (!text.includes('\\')) return text.split(',').map((value) => value.trim());
  const values: string[] = [];
  let value = '';
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === '\\' && text.charAt(at + 1) === ',') {
      value += ',';
      at += 1;
    } else if (character === ',') {
      values.push(value.trim());
      value = '';
    } else if (character !== '\\' || options.backslash === 'kept') {
      value += character;
    }
  }
  values.push(value.trim());
  return values;
}

/**
 * Holds a header row against the columns of the pool: the order is free, every column must be there exactly once, and
 * nothing else may be.
 *
 * @returns undefined when it fits, else the job's completion message
 */
export function headerProblem(header: readonly string[], columns: readonly string[]): string | undefined {
  const missing = columns.filter((column) => !header.includes(column));
  const foreign = header.filter((column) => !columns.includes(column));
  if (missing.length === 0 && foreign.length === 0 && header.length === columns.length) return undefined;
  return 'The header in the CSV file does not match the header of the user pool.';
}
