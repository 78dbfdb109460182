import { Logger } from '@aws-lambda-powertools/logger';
import { Fault, Halt } from '../domain/errors.ts';
import type { Log } from '../domain/ports.ts';

/** Keys whose values are personal data or secrets wherever they occur; compared in lower case without `cognito:`, `_` and `-`. */
const SENSITIVE = new Set([
  'user',
  'users',
  'username',
  'name',
  'sub',
  'oldsub',
  'newsub',
  'signinname',
  'email',
  'phone',
  'phonenumber',
  'attributes',
  'userattributes',
  'givenname',
  'familyname',
  'nickname',
  'preferredusername',
  'address',
  'birthdate',
  'password',
  'temporarypassword',
  'token',
  'nexttoken',
  'paginationtoken',
  'receipt',
  'receipthandle',
  'authorization',
  'uploadurl',
  'presignedurl',
  'responseurl',
  'csv',
  'body',
  'item',
  'items',
]);
const HIDDEN = '[redacted]';

/** Personal data in a text, and what is shown in its place. */
const PERSONAL: readonly (readonly [RegExp, string])[] = [
  [/[^\s"'<>@,;]+@[^\s"'<>@,;]+\.[^\s"'<>@,;]+/g, '[e-mail address]'],
  [/(?<![\w+])\+\d{7,15}\b/g, '[phone number]'], // E.164
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN], // JSON web token
  [/https?:\/\/\S*[?&]X-Amz-\S*/gi, HIDDEN], // presigned URL
];
/** Takes e-mail addresses, phone numbers, tokens and presigned URLs out of a text. */
export const withoutPersonalData = (value: string): string =>
  PERSONAL.reduce((rest, [pattern, shown]) => rest.replace(pattern, shown), value);

/**
 * JSON replacer of the log: a safety net below the rule that only counts and keys are logged. Numbers stay, so that
 * `users: 12` can be logged. Of a foreign error only its name is kept, since Cognito's messages can hold user names.
 */
export function redact(key: string, value: unknown): unknown {
  if (value instanceof Error) return describeError(value);
  const sensitive =
    /^(custom|dev):/.test(key) ||
    SENSITIVE.has(
      key
        .toLowerCase()
        .replace(/^cognito:/, '')
        .replaceAll(/[_-]/g, ''),
    );
  if (sensitive && typeof value !== 'number' && typeof value !== 'boolean' && value !== undefined) return HIDDEN;
  return typeof value === 'string' ? withoutPersonalData(value) : value;
}

function describeError(error: Error): Record<string, unknown> {
  const own = error instanceof Halt || error instanceof Fault;
  const cause = error.cause instanceof Error ? { causedBy: error.cause.name } : {};
  return { errorName: error.name, ...(own ? { errorMessage: withoutPersonalData(error.message) } : {}), ...cause };
}

/** The function's logger: JSON lines, service name and level from POWERTOOLS_SERVICE_NAME and POWERTOOLS_LOG_LEVEL. */
export const logger = new Logger({ jsonReplacerFn: redact });

/** The domain's log port on the function's logger. */
export const log: Log = {
  info: (message, extra = {}) => logger.info(message, { ...extra }),
  warn: (message, extra = {}) => logger.warn(message, { ...extra }),
  error: (message, extra = {}) => logger.error(message, { ...extra }),
};
