import { counted } from '../../counted.ts';
import type { SchemaAttribute } from '../../model.ts';

/** Cognito's limit for any attribute value (service model, AttributeValueType). */
const MAX_VALUE_CHARS = 2048;
/** E.164, which Cognito asks for: a plus sign, a country code, at most fifteen digits ("User pool attributes"). */
const PHONE = /^\+[1-9]\d{1,14}$/;
/** What every e-mail address has; whether Cognito asks for more is not documented. */
const EMAIL = /^[^\s@]+@[^\s@]+$/u;
/** OIDC's YYYY-MM-DD, of which Cognito's schema fixes the length only. */
const BIRTHDATE_CHARS = 10;
const NUMBER = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i;
const BOOLEAN = /^(true|false)$/i;
/** Seconds or milliseconds. */
const EPOCH = /^-?\d+$/;

/** Lower and upper bound of lengths (String) or values (Number); unlimited where the schema names none. */
export function boundsOf({ type, min, max }: SchemaAttribute): { readonly min: number; readonly max: number } {
  const text = type === 'String';
  return {
    min: min === undefined ? (text ? 0 : -Infinity) : Number(min),
    max: max === undefined ? (text ? MAX_VALUE_CHARS : Infinity) : Number(max),
  };
}

/**
 * Why Cognito would not take the value for an attribute of this schema, as the end of a sentence that begins "The value
 * is ..." and holds no value; undefined when nothing is known against it.
 */
export function attributeProblem(attribute: SchemaAttribute, value: string): string | undefined {
  return lengthProblem(value, MAX_VALUE_CHARS) ?? formatProblem(attribute.name, value) ?? typeProblem(attribute, value);
}

function formatProblem(name: string, value: string): string | undefined {
  switch (name) {
    case 'email':
      return EMAIL.test(value) ? undefined : 'no e-mail address';
    case 'phone_number':
      return PHONE.test(value) ? undefined : 'no phone number in the form of E.164';
    case 'birthdate':
      return value.length === BIRTHDATE_CHARS ? undefined : `not of ${BIRTHDATE_CHARS} characters (YYYY-MM-DD)`;
    default:
      return undefined;
  }
}

function typeProblem(attribute: SchemaAttribute, value: string): string | undefined {
  const { min, max } = boundsOf(attribute);
  switch (attribute.type) {
    case 'String':
      return [...value].length < min ? `shorter than ${counted(min, 'character')}` : lengthProblem(value, max);
    case 'Number': {
      const number = Number(value);
      if (!NUMBER.test(value) || !Number.isFinite(number)) return 'no number';
      return number >= min && number <= max ? undefined : `not between ${shown(min)} and ${shown(max)}`;
    }
    case 'DateTime':
      return EPOCH.test(value) || !Number.isNaN(Date.parse(value)) ? undefined : 'no date and time';
    case 'Boolean':
      return BOOLEAN.test(value) ? undefined : 'neither true nor false';
  }
}

/** Units are counted first: they are never fewer than characters. */
const lengthProblem = (value: string, max: number): string | undefined =>
  value.length > max && [...value].length > max ? `longer than ${counted(max, 'character')}` : undefined;

const shown = (bound: number): string => (Number.isFinite(bound) ? String(bound) : 'any');
