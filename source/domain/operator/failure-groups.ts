import { parse } from 'csv-parse/sync';
import { kindOfRow } from './selection/selected-things.ts';

/** Rows of a report with the same reason and the same thing done instead. */
export interface FailureGroup {
  readonly reason: string;
  readonly instead: string;
  readonly rows: number;
}

/** The name of a rule, of a halt or of an error of Cognito. */
const NAME = /^[A-Za-z]+$/;
/** Reasons that are sentences of this product. */
const SENTENCES = ['no permanent password was set', 'setting the password was refused'];
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

/** Of a selection: `user updated: family_name` where it is compared, `user updated` of what became of somebody. */
function resultOf({ field = '', sub = '', group = '' }: Readonly<Record<string, string>>, result: string): string {
  return `${kindOfRow({ sub, group })} ${result}${field === '' ? '' : `: ${field}`}`;
}

function nameOf(reason: string): string {
  const [name = ''] = reason.split(':');
  return NAME.test(name) ? name : (SENTENCES.find((sentence) => reason.startsWith(sentence)) ?? OTHERS);
}

/** What a row of differences.csv is about, without the names that it gives. */
function kindOfDifference(difference = ''): string {
  const about = /^(membership|group) /.exec(difference)?.[1];
  const what = /(?:^|: )(missing|extra|different|expected-not-restored)/.exec(difference)?.[1];
  return [about ?? 'user', what ?? 'different'].join(' ');
}
