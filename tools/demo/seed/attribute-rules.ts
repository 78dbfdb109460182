import { counted } from '../../../source/domain/counted.ts';
/** What Cognito takes as an attribute of a user, for files that people bring. */

const TEXTS = [
  'address',
  'birthdate',
  'email',
  'family_name',
  'gender',
  'given_name',
  'locale',
  'middle_name',
  'name',
  'nickname',
  'phone_number',
  'picture',
  'preferred_username',
  'profile',
  'updated_at',
  'website',
  'zoneinfo',
];
const FLAGS = ['email_verified', 'phone_number_verified'];
/** The names that a column may have beside custom ones. */
export const STANDARD_ATTRIBUTES: readonly string[] = [...TEXTS, ...FLAGS];

const CUSTOM = /^custom:[\p{L}\p{M}\p{S}\p{N}\p{P}]{1,20}$/u;
const LONGEST = 2_048;
const FORMS: Readonly<Record<string, readonly [form: RegExp, words: string]>> = {
  email: [/^[^\s@]+@[^\s@]+\.[^\s@]+$/u, 'an e-mail address'],
  phone_number: [/^\+[1-9][0-9]{1,14}$/, 'a phone number as +14255550100, without spaces'],
  birthdate: [/^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/, 'a date as 1990-12-31'],
  updated_at: [/^[0-9]{1,10}$/, 'seconds since 1970'],
};

/** Whether Cognito's pools have, or can be given, an attribute of this name. */
export const isAttributeName = (name: string): boolean => STANDARD_ATTRIBUTES.includes(name) || CUSTOM.test(name);

/** A value as Cognito keeps it: flags in small letters. */
export const attributeValue = (name: string, value: string): string =>
  FLAGS.includes(name) ? value.toLowerCase() : value;

/** What is wrong with a value that is not empty, without the value itself; undefined when nothing is. */
export function valueProblem(name: string, value: string): string | undefined {
  if (FLAGS.includes(name)) return /^(true|false)$/i.test(value) ? undefined : 'must be true or false';
  const [form, words] = FORMS[name] ?? [];
  if (form?.test(value) === false) return `must be ${words}`;
  const { length } = [...value];
  return length > LONGEST ? `is ${counted(length, 'character')} long; Cognito takes ${LONGEST}` : undefined;
}
