import { attributeValue, isAttributeName, STANDARD_ATTRIBUTES, valueProblem } from './attribute-rules.ts';
import { CsvProblem, readCsv } from './csv-file.ts';
import type { CsvRow } from './csv-file.ts';
import { CUSTOM_ATTRIBUTES } from './users.ts';
import type { DemoUser } from './users.ts';

const OWN_COLUMNS = ['username', 'enabled', 'status', 'groups'];
const STATUSES = ['CONFIRMED', 'UNCONFIRMED', 'FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED', 'EXTERNAL_PROVIDER'] as const;
/** What Cognito takes as a user name or a group's: no spaces. */
const NAME = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;
const NAME_WORDS = 'must be 1 to 128 characters without spaces';
const MOST_USERS = 200_000;
const MOST_GROUPS_OF_A_USER = 100;
/** A pool has at most 50 custom attributes; the demo's own users have some. */
const MOST_CUSTOM_ATTRIBUTES = 50 - CUSTOM_ATTRIBUTES.length;

/** Users from a file. */
export interface UsersOfFile {
  readonly users: readonly DemoUser[];
  /** Names with `custom:` that the pool must have. */
  readonly customAttributes: readonly string[];
}

/**
 * Reads your own users: a CSV file with a header. Column `username` is required; `enabled` (true/false), `status` and
 * `groups` (names separated by `;`) are optional; every other column is an attribute (`email`, `custom:notes`, ...). What
 * Cognito would not take is refused here, before anything starts.
 *
 * @throws CsvProblem that names the line and the column
 */
export function usersFromCsv(file: string): UsersOfFile {
  const { columns, headerLine, rows } = readCsv(file, 'username');
  for (const column of columns) checkColumn(column, headerLine);
  if (!columns.includes('username'))
    throw new CsvProblem(
      { line: headerLine },
      `there is no column "username", only ${columns.map((name) => `"${name}"`).join(', ')}`,
    );
  const customAttributes = columns.filter((column) => column.startsWith('custom:'));
  if (customAttributes.length > MOST_CUSTOM_ATTRIBUTES)
    throw new CsvProblem(
      { line: headerLine, column: customAttributes[MOST_CUSTOM_ATTRIBUTES] as string },
      `is one custom attribute too many: the demo's pool has room for ${MOST_CUSTOM_ATTRIBUTES}`,
    );
  if (rows.length === 0) throw new CsvProblem({ line: headerLine + 1 }, 'there is no user below the header');
  if (rows.length > MOST_USERS)
    throw new CsvProblem({ line: rows[MOST_USERS]?.line ?? 0 }, `the demo takes ${MOST_USERS} users`);
  const lines = new Map<string, number>();
  return { users: rows.map((row) => userOf(row, lines)), customAttributes };
}

function checkColumn(column: string, line: number): void {
  if (OWN_COLUMNS.includes(column) || isAttributeName(column)) return;
  const meant = column
    .trim()
    .toLowerCase()
    .replace(/^cognito:/, '');
  if ([...OWN_COLUMNS, ...STANDARD_ATTRIBUTES].includes(meant))
    throw new CsvProblem({ line, column }, `is not known; write it as "${meant}"`);
  const custom = `custom:${column.trim()}`;
  throw new CsvProblem(
    { line, column },
    `is no attribute that a user can be given; ${isAttributeName(custom) ? `name it "${custom}" to make it a custom one, or ` : ''}leave the column out`,
  );
}

/** @param lines where each name was seen before; the row's own is added */
function userOf({ line, values }: CsvRow, lines: Map<string, number>): DemoUser {
  const refuse = (column: string, problem: string): never => {
    throw new CsvProblem({ line, column }, problem);
  };
  const of = (column: string): string => values.get(column) ?? '';
  const username = of('username');
  if (!NAME.test(username)) refuse('username', username === '' ? 'is empty' : NAME_WORDS);
  const before = lines.get(username);
  if (before !== undefined) refuse('username', `the same name is in line ${before}`);
  lines.set(username, line);
  const status =
    STATUSES.find((one) => one === (of('status') || 'CONFIRMED')) ??
    refuse('status', `must be one of ${STATUSES.join(', ')}`);
  if (!/^(true|false|)$/i.test(of('enabled'))) refuse('enabled', 'must be true or false');
  const groups = groupsOf(of('groups'));
  if (groups.some((name) => !NAME.test(name))) refuse('groups', `the name of a group ${NAME_WORDS}`);
  if (groups.length > MOST_GROUPS_OF_A_USER)
    refuse('groups', `a user is in at most ${MOST_GROUPS_OF_A_USER} groups, not in ${groups.length}`);
  const attributes: Record<string, string> = {};
  for (const [column, value] of values) {
    if (OWN_COLUMNS.includes(column) || value === '') continue;
    const problem = valueProblem(column, value);
    if (problem !== undefined) refuse(column, problem);
    attributes[column] = attributeValue(column, value);
  }
  for (const address of ['email', 'phone_number'])
    if (attributes[`${address}_verified`] === 'true' && attributes[address] === undefined)
      refuse(`${address}_verified`, `is true, but the user has no ${address}`);
  return { username, status, enabled: of('enabled').toLowerCase() !== 'false', groups, attributes };
}

const groupsOf = (cell: string): string[] => [
  ...new Set(
    cell
      .split(';')
      .map((name) => name.trim())
      .filter(Boolean),
  ),
];
