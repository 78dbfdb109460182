import { parse } from 'csv-parse/sync';
import type { SelectionResult } from '../import/selection/report.ts';
import { kindOfRow, reasonOfRow } from './selection/selected-things.ts';

/** Rows of a report with the same reason and the same thing done instead. */
export interface FailureGroup {
  readonly reason: string;
  readonly instead: string;
  readonly rows: number;
}

/** The name of a rule, of a halt or of an error of Cognito. */
const NAME = /^[A-Za-z]+$/;
/** Reasons that are sentences of this product, told without what follows. */
const SENTENCES = ['no permanent password was set', 'setting the password was refused'];
/** The whole sentences of `csvFit` and `wayOf`: why somebody comes back one by one; they name attributes, never values. */
const WHY_ONE_BY_ONE = [
  /^(?:(?:a line break or control character|a backslash or double quote|half a character) in|white space at the start or end of) (?:the sign-in name|\S+)$/,
  /^no verified \w+(?: or \w+)?$/,
  /^no \S+, which the pool requires$/,
  /^the CSV has no column for \S+$/,
  /^an? (?:birthdate|updated_at) that is not /,
  /^a value of \w+ that is neither true nor false$/,
  /^a sign-in by \w+, which the pool does not verify$/,
  /^a row of more than \d+ characters$/,
];
/** Anything else can hold what Cognito said about one user. */
const OTHERS = "told in Cognito's own words";

/**
 * The rows of failures.csv, differences.csv or a selection's results.csv by their reason, the most frequent first. Nothing about a single user is in
 * the result, so it can be shown without being asked for anybody.
 */
export function failureGroups(csv: Uint8Array): readonly FailureGroup[] {
  const groups = new Map<string, FailureGroup>();
  const rows = parse(Buffer.from(csv), { columns: true, relax_column_count: true }) as readonly Record<
    string,
    string
  >[];
  for (const row of rows) {
    const group = { reason: reasonOf(row), instead: row.done_instead ?? '' };
    const key = JSON.stringify(group);
    groups.set(key, { ...group, rows: (groups.get(key)?.rows ?? 0) + 1 });
  }
  return [...groups.values()].sort((one, other) => other.rows - one.rows || (one.reason < other.reason ? -1 : 1));
}

function reasonOf(row: Readonly<Record<string, string>>): string {
  if (row.result !== undefined) return resultOf(row, row.result);
  return row.reason === undefined ? kindOfDifference(row.difference) : nameOf(row.reason);
}

/** Of a selection: `user updated: family_name` where it is compared, `user failed: Unconfirmed` of what became of somebody. */
function resultOf(
  { field = '', sub = '', group = '', what = '' }: Readonly<Record<string, string>>,
  result: string,
): string {
  const about = field === '' ? reasonOfRow({ result: result as SelectionResult, what }) : field;
  return `${kindOfRow({ sub, group })} ${result}${about === '' ? '' : `: ${about}`}`;
}

function nameOf(reason: string): string {
  const [name = ''] = reason.split(':');
  if (NAME.test(name)) return name;
  if (WHY_ONE_BY_ONE.some((sentence) => sentence.test(reason))) return reason;
  return SENTENCES.find((sentence) => reason.startsWith(sentence)) ?? OTHERS;
}

/** What a row of differences.csv is about, without the names that it gives. */
function kindOfDifference(difference = ''): string {
  const about = /^(membership|group) /.exec(difference)?.[1];
  const what = /(?:^|: )(missing|extra|different|expected-not-restored)/.exec(difference)?.[1];
  return [about ?? 'user', what ?? 'different'].join(' ');
}
