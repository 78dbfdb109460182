import type { PoolSettings } from '../../../source/domain/model.ts';
import { newUser } from './pool-writer.ts';
import type { MemoryPool } from './pool.ts';

/** Result of one data row of an import job, as the job's log tells it. */
export type RowResult = 'SUCCEEDED' | 'SKIPPED' | 'FAILED';

/** Columns of the pool's CSV header, in the order in which Cognito's own sample has them. */
export function csvColumns({ schema }: PoolSettings): string[] {
  const standard = [
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
  const custom = schema.map(({ name }) => name).filter((name) => name.startsWith('custom:'));
  return [...standard, ...custom, 'cognito:mfa_enabled', 'cognito:username'];
}

/** Splits a CSV as the import documents it: no quoting, `\,` for a comma inside a value, blanks around values dropped. */
export function csvRows(csv: Uint8Array): string[][] {
  const lines = Buffer.from(csv).toString('utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => {
    const cells = [''];
    for (let at = 0; at < line.length; at += 1) {
      if (line[at] === '\\' && line[at + 1] === ',') {
        cells.push(`${cells.pop() ?? ''},`);
        at += 1;
      } else if (line[at] === ',') cells.push('');
      else cells.push(`${cells.pop() ?? ''}${line[at] ?? ''}`);
    }
    return cells.map((cell) => cell.trim());
  });
}

/** Why Cognito would not even start on this file; undefined when it would. */
export function unreadable(rows: readonly (readonly string[])[], settings: PoolSettings): string | undefined {
  const [header = []] = rows;
  const expected = csvColumns(settings);
  const complete = header.length === expected.length && expected.every((name) => header.includes(name));
  return complete ? undefined : 'The header in the CSV file does not match the expected headers.';
}

/** Imports one row by the documented rules. */
export function importRow(
  pool: MemoryPool,
  header: readonly string[],
  cells: readonly string[],
  { seed, now }: { readonly seed: string; readonly now: number },
): { readonly result: RowResult; readonly why: string } {
  const failed = (why: string): { result: RowResult; why: string } => ({ result: 'FAILED', why });
  if (cells.length !== header.length || cells.join(',').length > 16_000)
    return failed('The record does not fit the header.');
  const values = Object.fromEntries(header.map((name, index) => [name, cells[index] as string]));
  const { 'cognito:username': username = '', 'cognito:mfa_enabled': _mfa, ...attributes } = values;
  const verified = pool.settings.autoVerifiedAttributes.some(
    (name) => values[`${name}_verified`]?.toLowerCase() === 'true' && values[name] !== '',
  );
  if (!verified)
    return failed(
      'The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).',
    );
  const { birthdate } = attributes;
  if (birthdate !== undefined && birthdate !== '') {
    const [, month, day, year] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(birthdate) ?? [];
    if (year === undefined) return failed('The birthdate is not mm/dd/yyyy.');
    attributes.birthdate = `${year}-${month}-${day}`;
  }
  if (pool.find(username) !== undefined) return { result: 'SKIPPED', why: 'The user already exists.' };
  const outcome = newUser(pool, { username, attributes, status: 'RESET_REQUIRED', seed, now });
  return outcome === 'done'
    ? { result: 'SUCCEEDED', why: 'The import succeeded.' }
    : failed('The user data does not match the schema.');
}
