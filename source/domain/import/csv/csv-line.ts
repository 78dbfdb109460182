import type { RestoreUser } from '../plan/plan-model.ts';

/** Cognito reads `\n`; whether it takes CRLF is not documented. */
const LINE_END = '\n';
const ISO_DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const BOOLEANS = new Set(['email_verified', 'phone_number_verified']);

export const USERNAME_COLUMN = 'cognito:username';
export const MFA_COLUMN = 'cognito:mfa_enabled';

/** Commas are escaped by a backslash; nothing is ever quoted (there is no quoting in Cognito's CSV). */
const escape = (value: string): string => value.replaceAll(',', '\\,');

/**
 * `YYYY-MM-DD`, as Cognito stores a birth date, in the CSV's form `mm/dd/yyyy` (Developer Guide, "Importing users into
 * user pools from a CSV file"); undefined for anything that is not a day of the calendar in that form.
 */
export function csvBirthdate(stored: string): string | undefined {
  const match = ISO_DATE.exec(stored);
  if (match === null) return undefined;
  const [, year, month, day] = match as unknown as [string, string, string, string];
  const date = new Date(`${stored}T00:00:00.000Z`);
  const exists = Number(year) > 0 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(stored);
  return exists ? `${month}/${day}/${year}` : undefined;
}

function columnValue(
  user: Pick<RestoreUser, 'name' | 'attributes'>,
  column: string,
  mfaFlag: 'true' | 'false',
): string {
  if (column === USERNAME_COLUMN) return user.name;
  if (column === MFA_COLUMN) return mfaFlag;
  const value = Object.hasOwn(user.attributes, column) ? (user.attributes[column] as string) : '';
  if (column === 'birthdate') return csvBirthdate(value) ?? value;
  return BOOLEANS.has(column) ? value.toLowerCase() : value;
}

/** The first row: the columns as GetCSVHeader returned them. */
export const csvHeaderLine = (header: readonly string[]): string => header.map(escape).join(',') + LINE_END;

/**
 * One user's row of the import job's CSV, line end included: every column of `header` in its order, blank where the
 * user has no value or where the column is unknown to us (`password_hash`). Rules: Developer Guide, "Importing users
 * into user pools from a CSV file". Only for users who fit (csvFit).
 */
export const csvLine = (
  user: Pick<RestoreUser, 'name' | 'attributes'>,
  header: readonly string[],
  mfaFlag: 'true' | 'false',
): string => header.map((column) => escape(columnValue(user, column, mfaFlag))).join(',') + LINE_END;

/** Size of a row or header in the uploaded file. */
export const csvBytes = (line: string): number => Buffer.byteLength(line, 'utf8');
