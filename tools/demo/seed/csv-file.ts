import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { CsvError, parse } from 'csv-parse/sync';

/** A row below the header, with its values by column. */
export interface CsvRow {
  /** Of the file, where the row begins. */
  readonly line: number;
  readonly values: ReadonlyMap<string, string>;
}

/** A file with a header. */
export interface CsvTable {
  readonly columns: readonly string[];
  readonly headerLine: number;
  readonly rows: readonly CsvRow[];
}

/** What is wrong with a CSV file, and where. */
export class CsvProblem extends Error {
  override readonly name = 'CsvProblem';

  constructor(place: { readonly line?: number; readonly column?: string | number }, problem: string) {
    const { line, column } = place;
    const where = [
      ...(line === undefined ? [] : [`line ${line}`]),
      ...(column === undefined ? [] : [typeof column === 'number' ? `column ${column}` : `column "${column}"`]),
    ].join(', ');
    super(where === '' ? problem : `${where}: ${problem}`);
  }
}

const SEPARATORS = [',', ';', '\t'] as const;
const LINE_END = /\r\n|\n|\r/g;
const UTF8_BOM = [0xef, 0xbb, 0xbf];

/**
 * The header and the rows of a CSV file in UTF-8, with a comma, a semicolon or a tab between values. The separator is the one
 * by which the header has the column `key`.
 *
 * @throws CsvProblem where a row does not fit the header, or the text is no UTF-8
 */
export function readCsv(file: string, key: string): CsvTable {
  const bytes = withoutBom(contentOf(file));
  const separator = separatorOf(bytes, key);
  const [header, ...records] = isUtf8(bytes) ? parsed(bytes, separator, 'utf8') : notUtf8(bytes, separator);
  if (header === undefined) throw new CsvProblem({ line: 1 }, 'the file is empty; it needs a header');
  const { record: columns, line } = header;
  columns.forEach((column, index) => {
    if (column === '') throw new CsvProblem({ line, column: index + 1 }, 'has no name; give it one or delete it');
    if (columns.indexOf(column) < index) throw new CsvProblem({ line, column }, 'is there twice');
  });
  return { columns, headerLine: line, rows: records.map((one) => rowOf(one, columns)) };
}

function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const known: Readonly<Record<string, string>> = {
      ENOENT: 'there is no such file',
      EISDIR: 'that is a folder, and a CSV file is needed',
      EACCES: 'this user may not read the file',
    };
    throw new CsvProblem({}, known[code ?? ''] ?? `the file cannot be read: ${message}`);
  }
}

function withoutBom(bytes: Buffer): Buffer {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw new CsvProblem({ line: 1 }, 'the file is in UTF-16; save it as UTF-8 (Excel: "CSV UTF-8")');
  return UTF8_BOM.every((byte, index) => bytes[index] === byte) ? bytes.subarray(UTF8_BOM.length) : bytes;
}

function separatorOf(bytes: Buffer, key: string): string {
  const [header = ''] = bytes.toString('latin1').split(/[\r\n]/, 1);
  const names = (separator: string): string[] => header.split(separator).map((name) => name.replaceAll('"', ''));
  // Without the column, the one that makes the most of the header: the message about it is the reader's.
  return (
    SEPARATORS.find((separator) => names(separator).includes(key)) ??
    SEPARATORS.reduce((best, other) => (names(other).length > names(best).length ? other : best))
  );
}

interface Parsed {
  readonly record: readonly string[];
  readonly line: number;
}

function parsed(bytes: Buffer, delimiter: string, encoding: 'utf8' | 'latin1'): Parsed[] {
  const lines = lineCounter(bytes);
  const upTo = (records: number | undefined): Located[] =>
    parse(bytes, {
      delimiter,
      encoding,
      info: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      ...(records === undefined ? {} : { to: records }),
    }) as unknown as Located[];
  try {
    let end = 0;
    return upTo(undefined).map(({ record, info }) => {
      const line = lines(end);
      end = info.bytes;
      return { record, line };
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { records = 0, column = 0 } = error as { records?: number; column?: number };
    const before = records === 0 ? [] : upTo(records);
    throw new CsvProblem(
      { line: lines(before.at(-1)?.info.bytes ?? 0), column: before[0]?.record[column] ?? column + 1 },
      'a double quote stands inside of a value or is never closed; put the value in double quotes, and double those in it',
    );
  }
}

/** As csv-parse gives it; `bytes` is where the record ends. */
interface Located {
  readonly record: readonly string[];
  readonly info: { readonly bytes: number };
}

/** The line in which the first text at or after an offset stands; offsets must not go down. */
function lineCounter(bytes: Buffer): (offset: number) => number {
  let [line, counted] = [1, 0];
  return (offset) => {
    let start = offset;
    while (bytes[start] === 0x0a || bytes[start] === 0x0d) start += 1;
    line += (bytes.toString('latin1', counted, start).match(LINE_END) ?? []).length;
    counted = start;
    return line;
  };
}

/** Says where the text stops to be UTF-8; separators, quotes and line ends are the same bytes in Latin-1. */
function notUtf8(bytes: Buffer, separator: string): never {
  const all = parsed(bytes, separator, 'latin1');
  const columns = all[0]?.record ?? [];
  for (const [row, { record, line }] of all.entries()) {
    const index = record.findIndex((value) => !isUtf8(Buffer.from(value, 'latin1')));
    if (index < 0) continue;
    const column = row === 0 ? index + 1 : (columns[index] ?? index + 1);
    throw new CsvProblem({ line, column }, 'is not in UTF-8; save the file as UTF-8 (Excel: "CSV UTF-8")');
  }
  throw new CsvProblem({}, 'the file is not in UTF-8; save it as UTF-8 (Excel: "CSV UTF-8")');
}

function rowOf({ record, line }: Parsed, columns: readonly string[]): CsvRow {
  if (record.length !== columns.length)
    throw new CsvProblem(
      { line, column: record.length < columns.length ? (columns[record.length] as string) : columns.length + 1 },
      `values in the row: ${record.length}, columns in the header: ${columns.length}; a value that holds the separator must be in double quotes`,
    );
  return { line, values: new Map(columns.map((column, index) => [column, record[index] as string])) };
}
