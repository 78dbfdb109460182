import { attributeOfName } from '../../comparison/matching.ts';
import type { ContactAttribute, SignInAttribute } from '../../model.ts';
import type { RestoreUser } from '../plan/plan-model.ts';
import { isVerified } from './verified.ts';
import { csvBirthdate, csvBytes, csvLine, MFA_COLUMN, USERNAME_COLUMN } from './csv-line.ts';

/** Characters of a row, its line end included (Cognito's quota is 16,000; UTF-16 units are never fewer than characters). */
export const MAX_ROW_CHARS = 16_000;

// Line breaks have no escape in Cognito's CSV; other control characters, separators and the byte order mark are not
// documented, so none of them is risked.
const CONTROL = /[\p{Cc}\p{Zl}\p{Zp}\u{feff}]/u;
const LONE_SURROGATE = /\p{Cs}/u;
// No escape is documented for either; one by one both come back exactly.
const BACKSLASH_OR_QUOTE = /[\\"]/;
const EPOCH_SECONDS = /^\d{1,10}$/;

/** What the new pool asks of the rows of an import job. */
export interface CsvRules {
  /** GetCSVHeader's answer. */
  readonly header: readonly string[];
  readonly mfaFlag: 'true' | 'false';
  /** AutoVerifiedAttributes of the new pool. */
  readonly autoVerified: readonly ContactAttribute[];
  readonly signInName: SignInAttribute;
}

/** `bytes`: size of the user's row. `why`: no row would bring the user back exactly; names attributes, never values. */
export type CsvFit = { readonly bytes: number } | { readonly why: string };

/** Whether an import job can bring this user back exactly, and how large its row then is. The others are created one by one. */
export function csvFit(user: Pick<RestoreUser, 'name' | 'attributes'>, rules: CsvRules): CsvFit {
  const why =
    missingColumn(user, rules) ??
    badValue('the sign-in name', user.name) ??
    badAttribute(user) ??
    otherKind(user, rules) ??
    notVerified(user, rules.autoVerified);
  if (why !== undefined) return { why };
  const row = csvLine(user, rules.header, rules.mfaFlag);
  return row.length > MAX_ROW_CHARS
    ? { why: `a row of more than ${MAX_ROW_CHARS} characters` }
    : { bytes: csvBytes(row) };
}

function missingColumn({ attributes }: Pick<RestoreUser, 'attributes'>, { header }: CsvRules): string | undefined {
  for (const column of [USERNAME_COLUMN, ...Object.keys(attributes)]) {
    if (!header.includes(column) || column === MFA_COLUMN) return `the CSV has no column for ${column}`;
  }
  return undefined;
}

function badAttribute({ attributes }: Pick<RestoreUser, 'attributes'>): string | undefined {
  for (const [name, value] of Object.entries(attributes)) {
    const bad = badValue(name, value) ?? badFormat(name, value);
    if (bad !== undefined) return bad;
  }
  return undefined;
}

function badValue(what: string, value: string): string | undefined {
  if (CONTROL.test(value)) return `a line break or control character in ${what}`;
  if (value !== value.trim()) return `white space at the start or end of ${what}`;
  if (BACKSLASH_OR_QUOTE.test(value)) return `a backslash or double quote in ${what}`;
  return LONE_SURROGATE.test(value) ? `half a character in ${what}` : undefined;
}

function badFormat(name: string, value: string): string | undefined {
  switch (name) {
    case 'birthdate':
      return csvBirthdate(value) === undefined ? 'a birthdate that is not a date in the form YYYY-MM-DD' : undefined;
    case 'updated_at':
      return EPOCH_SECONDS.test(value) ? undefined : 'an updated_at that is not a time in seconds';
    case 'email_verified':
    case 'phone_number_verified':
      return /^(true|false)$/i.test(value) ? undefined : `a value of ${name} that is neither true nor false`;
    default:
      return undefined;
  }
}

/**
 * A pool that takes either address and verifies one of them wants that one verified in every row; what a row does whose
 * name is the other one is not documented.
 */
function otherKind({ name }: Pick<RestoreUser, 'name'>, { signInName, autoVerified }: CsvRules): string | undefined {
  if (signInName !== 'emailOrPhone') return undefined;
  const attribute = attributeOfName(name, { signInName });
  return autoVerified.some((verified) => verified === attribute)
    ? undefined
    : `a sign-in by ${attribute}, which the pool does not verify`;
}

/** A pool with exactly one auto-verified attribute wants that one; a pool with two wants at least one of them. */
function notVerified(
  { attributes }: Pick<RestoreUser, 'attributes'>,
  autoVerified: readonly ContactAttribute[],
): string | undefined {
  return autoVerified.some((name) => isVerified(attributes, name))
    ? undefined
    : `no verified ${autoVerified.join(' or ')}`;
}
