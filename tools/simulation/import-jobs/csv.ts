import type { PoolSettings } from '../../../source/domain/model.ts';
import type { ImportJobSettings } from './options.ts';

/** Limits of one CSV file (Cognito Developer Guide, "Importing users into user pools from a CSV file"). */
export const csvLimits = { fileBytes: 100_000_000, rows: 500_000, rowCharacters: 16_000 } as const;

type TextOptions = Pick<ImportJobSettings, 'backslash' | 'quote'>;

/** An uploaded file: its bytes are read from wherever they lie, as often as it takes. */
export interface UploadedFile {
  readonly byteLength: number;
  pieces(): Iterable<Uint8Array>;
}

/** A file whose bytes are in memory. */
export const inMemory = (bytes: Uint8Array): UploadedFile => ({
  byteLength: bytes.byteLength,
  pieces: () => [bytes],
});

/** Either the file's lines without their ends, or why the file as a whole cannot be read. */
export type CsvFile =
  | { readonly header: string; readonly rows: Iterable<string>; readonly rowCount: number }
  | { readonly unreadable: string };

/**
 * Splits an uploaded file into lines by Cognito's rules: UTF-8 without a byte order mark, one line feed per row, no
 * quoting, so a line feed always ends a row. Empty lines at the end of the file are not rows.
 */
export function readCsvFile(file: UploadedFile): CsvFile {
  if (file.byteLength > csvLimits.fileBytes) return { unreadable: 'The CSV file is larger than 100 MB.' };
  let header: string | undefined;
  let rowCount = -1;
  try {
    for (const line of linesOf(file)) {
      header ??= line;
      rowCount += 1;
    }
  } catch {
    return { unreadable: 'The CSV file is not valid UTF-8.' };
  }
  if (header === undefined) return { unreadable: 'The CSV file is empty.' };
  if (header.startsWith('\uFEFF')) return { unreadable: 'The CSV file begins with a byte order mark.' };
  if (rowCount > csvLimits.rows) return { unreadable: 'The CSV file has more than 500,000 users.' };
  return { header, rowCount, rows: { [Symbol.iterator]: () => rowsOf(file) } };
}

function* rowsOf(file: UploadedFile): Generator<string> {
  const lines = linesOf(file);
  lines.next();
  yield* lines;
}

/** Lines up to the last one that is not empty. */
function* linesOf(file: UploadedFile): Generator<string> {
  let empty: string[] = [];
  for (const line of allLines(file)) {
    if (line.trim() === '') {
      empty.push(line);
      continue;
    }
    yield* empty;
    empty = [];
    yield line;
  }
}

function* allLines(file: UploadedFile): Generator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for (const piece of file.pieces()) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest + decoder.decode();
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

/** Columns in the order of AWS's sample header; `sub` and `identities` have none. */
const standardColumns = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'email',
  'email_verified',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
  'phone_number_verified',
  'address',
  'updated_at',
];

/** The columns that GetCSVHeader returns: standard attributes, the pool's custom attributes, then Cognito's own two. */
export function csvColumns({ schema }: Pick<PoolSettings, 'schema'>, extraColumns: readonly string[] = []): string[] {
  const custom = schema.map(({ name }) => name).filter((name) => name.startsWith('custom:'));
  return [...standardColumns, ...custom, 'cognito:mfa_enabled', 'cognito:username', ...extraColumns];
}
