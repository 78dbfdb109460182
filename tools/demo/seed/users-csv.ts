import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import type { DemoUser } from './users.ts';

const OWN_COLUMNS = new Set(['username', 'enabled', 'status', 'groups']);
const STATUSES = ['CONFIRMED', 'UNCONFIRMED', 'FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED', 'EXTERNAL_PROVIDER'] as const;

/**
 * Reads your own users: a CSV file with a header. Column `username` is required; `enabled` (true/false), `status` and
 * `groups` (names separated by `;`) are optional; every other column is an attribute (`email`, `custom:notes`, ...).
 * Throws an error that names the line and the column.
 */
export function usersFromCsv(file: string): DemoUser[] {
  const rows = parse<Record<string, string>>(readFileSync(file), { columns: true, bom: true, skip_empty_lines: true });
  if (rows.length === 0 || rows[0]?.['username'] === undefined)
    throw new Error(`${file}: needs a header with a column "username" and at least one row`);
  return rows.map((row, index) => demoUser(file, row, index + 2));
}

function demoUser(file: string, row: Record<string, string>, line: number): DemoUser {
  const status = (row['status'] || 'CONFIRMED') as DemoUser['status'];
  if (!row['username']) throw new Error(`${file} line ${line}: column "username" is empty`);
  if (!STATUSES.includes(status))
    throw new Error(`${file} line ${line}: column "status" must be one of ${STATUSES.join(', ')}`);
  if (row['enabled'] && !/^(true|false)$/i.test(row['enabled']))
    throw new Error(`${file} line ${line}: column "enabled" must be true or false`);
  return {
    username: row['username'],
    status,
    enabled: row['enabled']?.toLowerCase() !== 'false',
    groups: (row['groups'] ?? '')
      .split(';')
      .map((name) => name.trim())
      .filter(Boolean),
    attributes: Object.fromEntries(
      Object.entries(row).filter(([column, value]) => !OWN_COLUMNS.has(column) && value !== ''),
    ),
  };
}
