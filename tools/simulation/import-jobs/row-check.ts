import type { SchemaAttribute } from '../../../source/domain/model.ts';
import type { ImportSettings } from '../cognito/settings.ts';
import { csvLimits, splitRow } from './csv.ts';
import type { ImportJobSettings } from './options.ts';

/** A user as a row describes it; `attributes` holds only the columns that have a value. */
export interface ImportUser {
  readonly username: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: 'RESET_REQUIRED' | 'CONFIRMED';
}

/** Why a row is FAILED, as the log line says it. Never holds a value of the row: AWS's log lines hold no user data. */
export interface RowRefusal {
  readonly refused: string;
}

type RowOptions = Pick<ImportJobSettings, 'backslash' | 'quote' | 'birthdateStored' | 'extraColumns'>;

const usernamePattern = /^[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,128}$/u;
const emailPattern = /^[^\s@]+@[^\s@]+\.[^\s@]+$/u;
const phonePattern = /^\+[1-9][0-9]{1,14}$/;

/** Applies the documented rules of the CSV import to one data row; uniqueness is the pool's to judge. */
export function checkRow(
  row: string,
  header: readonly string[],
  settings: ImportSettings,
  options: RowOptions,
): ImportUser | RowRefusal {
  if (row.length > csvLimits.rowCharacters) return { refused: 'The row is longer than 16,000 characters.' };
  const values = splitRow(row, options);
  if (values.length !== header.length) return { refused: 'The number of values in the row does not match the header.' };
  const cells = new Map(header.map((column, index) => [column, values[index] ?? '']));

  const username = cells.get('cognito:username') ?? '';
  const attributes: Record<string, string> = {};
  for (const [column, value] of cells) {
    if (column.startsWith('cognito:') || options.extraColumns.includes(column)) continue;
    if (value !== '') attributes[column] = value;
  }
  const refused =
    usernameProblem(username, attributes, settings) ??
    mfaProblem(cells.get('cognito:mfa_enabled') ?? '', settings) ??
    attributeProblem(attributes, settings) ??
    verifiedProblem(attributes, settings);
  if (refused !== undefined) return { refused };

  for (const flag of ['email_verified', 'phone_number_verified']) {
    if (attributes[flag] !== undefined) attributes[flag] = attributes[flag].toLowerCase();
  }
  if (attributes['birthdate'] !== undefined && options.birthdateStored === 'iso')
    attributes['birthdate'] = isoDate(attributes['birthdate']);
  return { username, attributes, status: statusOf(attributes, settings) };
}

function usernameProblem(
  username: string,
  attributes: Record<string, string>,
  settings: ImportSettings,
): string | undefined {
  if (username === '') return 'The cognito:username value is missing.';
  if (!usernamePattern.test(username)) return 'The cognito:username value is not valid.';
  const isEmail = emailPattern.test(username);
  const isPhone = phonePattern.test(username);
  if (settings.usernameAttributes.length > 0) {
    const attribute =
      isPhone && settings.usernameAttributes.includes('phone_number')
        ? 'phone_number'
        : isEmail && settings.usernameAttributes.includes('email')
          ? 'email'
          : undefined;
    if (attribute === undefined)
      return 'The cognito:username value is not one of the username attributes of the user settings.';
    if (attributes[attribute] !== username) return `The cognito:username value must equal the ${attribute} value.`;
    return undefined;
  }
  if (isEmail && settings.aliasAttributes.includes('email'))
    return 'Username cannot be of email format, since user pool is configured for email alias.';
  if (isPhone && settings.aliasAttributes.includes('phone_number')) {
    return 'Username cannot be of phone number format, since user pool is configured for phone number alias.';
  }
  return undefined;
}

function mfaProblem(value: string, settings: ImportSettings): string | undefined {
  const flag = value.toLowerCase();
  const allowed =
    settings.mfaConfiguration === 'OFF'
      ? ['', 'false']
      : settings.mfaConfiguration === 'ON'
        ? ['', 'true']
        : ['', 'true', 'false'];
  return allowed.includes(flag)
    ? undefined
    : 'The cognito:mfa_enabled value does not agree with the MFA setting of the user settings.';
}

function attributeProblem(attributes: Record<string, string>, settings: ImportSettings): string | undefined {
  for (const rule of settings.schema) {
    const value = attributes[rule.name];
    if (value === undefined) {
      if (rule.required && rule.name !== 'sub') return `The required attribute ${rule.name} has no value.`;
    } else if (!fits(value, rule)) {
      return `The value of the attribute ${rule.name} is not valid.`;
    }
  }
  return undefined;
}

function fits(value: string, rule: SchemaAttribute): boolean {
  switch (rule.name) {
    case 'email':
      return emailPattern.test(value) && value.length <= longest(rule);
    case 'phone_number':
      return phonePattern.test(value);
    case 'birthdate':
      return isCalendarDate(value);
    // Seconds: ten digits reach the year 2286, so eleven or more are milliseconds.
    case 'updated_at':
      return /^[0-9]{1,10}$/.test(value);
    default:
  }
  switch (rule.type) {
    case 'Boolean':
      return /^(true|false)$/i.test(value);
    case 'Number':
      return (
        /^-?[0-9]+(\.[0-9]+)?$/.test(value) &&
        Number(value) >= Number(rule.min ?? -Infinity) &&
        Number(value) <= Number(rule.max ?? Infinity)
      );
    case 'String': {
      const { length } = [...value];
      return length >= Number(rule.min ?? 0) && length <= longest(rule);
    }
    // The text form of DateTime in a CSV is not documented; only the general length limit is sure.
    case 'DateTime':
      return value.length <= longest(rule);
  }
}

const longest = ({ max }: SchemaAttribute): number => Math.min(Number(max ?? 2_048), 2_048);

/**
 * The auto-verified rule: a pool with one auto-verified attribute wants exactly that one verified, a pool with two any of
 * them; and a verified address must be there.
 */
function verifiedProblem(attributes: Record<string, string>, settings: ImportSettings): string | undefined {
  const verified = settings.autoVerifiedAttributes.filter(
    (name) => attributes[`${name}_verified`]?.toLowerCase() === 'true',
  );
  if (verified.length === 0) {
    return 'The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true).';
  }
  const empty = ['email', 'phone_number'].find(
    (name) => attributes[`${name}_verified`]?.toLowerCase() === 'true' && attributes[name] === undefined,
  );
  return empty === undefined ? undefined : `${empty}_verified is true but ${empty} has no value.`;
}

function isCalendarDate(value: string): boolean {
  if (!/^[0-9]{2}\/[0-9]{2}\/[0-9]{4}$/.test(value)) return false;
  const iso = isoDate(value);
  const date = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso);
}

function isoDate(monthDayYear: string): string {
  const [month = '', day = '', year = ''] = monthDayYear.split('/');
  return `${year}-${month}-${day}`;
}

function statusOf(attributes: Record<string, string>, settings: ImportSettings): ImportUser['status'] {
  const passwordless =
    (settings.passwordless?.includes('EMAIL_OTP') && attributes['email'] !== undefined) ||
    (settings.passwordless?.includes('SMS_OTP') && attributes['phone_number'] !== undefined);
  return passwordless ? 'CONFIRMED' : 'RESET_REQUIRED';
}
