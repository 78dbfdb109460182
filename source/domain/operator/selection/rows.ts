import { parse } from 'csv-parse/sync';
import type { ResultRow, SelectionDifference, SelectionResult } from '../../import/selection/report.ts';
import { cellAsWritten } from '../../report-line.ts';

type Cells = Readonly<Record<string, string>>;

const rowsOf = (csv: Uint8Array): readonly Cells[] => parse(Buffer.from(csv), { columns: true, bom: true });

const cell = (cells: Cells, column: string): string => cellAsWritten(cells[column] ?? '');

/** The rows of a selection's differences.csv, as they were before they were made safe for a spreadsheet. */
export const selectionDifferencesIn = (csv: Uint8Array): readonly SelectionDifference[] =>
  rowsOf(csv).map((cells) => ({
    ...aboutWhat(cells),
    field: cell(cells, 'field'),
    inPool: cell(cells, 'in_pool'),
    inBackup: cell(cells, 'in_backup'),
    what: cell(cells, 'what'),
  }));

/** The rows of a selection's results.csv, likewise. */
export const resultRowsIn = (csv: Uint8Array): readonly ResultRow[] =>
  rowsOf(csv).map((cells) => ({ ...aboutWhat(cells), what: cell(cells, 'what') }));

const aboutWhat = (cells: Cells) => ({
  sub: cell(cells, 'sub'),
  name: cell(cells, 'sign_in_name'),
  group: cell(cells, 'group'),
  result: cell(cells, 'result') as SelectionResult,
  run: cell(cells, 'run'),
  poolSub: cell(cells, 'pool_sub'),
});
