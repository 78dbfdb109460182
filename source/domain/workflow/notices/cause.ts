import { FAULTS, HALTS } from '../../errors.ts';
import type { CaughtError } from './events.ts';

/** An error in words: its name, and one message that may be shown. */
export interface NamedError {
  readonly error: string;
  readonly cause: string;
}

const OWN: readonly string[] = [...HALTS, ...FAULTS, 'BadEnvironment'];
/** A message of every setting and attribute fits; a Fail state's cause may have 32,768 characters (Step Functions), an e-mail 256 KiB (SNS). */
const LONGEST = 12_000;
const CUT = "... (cut; the function's error in the execution's history has all of it)";

/** Errors of Step Functions and Lambda that say more by an explanation than by their name. */
const KNOWN: Readonly<Record<string, string>> = {
  'States.Timeout': 'A function or the whole workflow took longer than its timeout.',
  'States.TaskFailed': 'A function ended without an answer.',
  'States.DataLimitExceeded': 'The data between two states grew above 256 KiB.',
  'States.Runtime': 'A state of the workflow could not be run with the data that it got.',
  'States.Permissions': "The workflow's role may not invoke one of the functions.",
  'Sandbox.Timedout': 'A function ran into its own timeout.',
  'Runtime.ExitError': "A function's process ended, usually for lack of memory.",
  'Runtime.OutOfMemory': 'A function ran out of memory.',
  'Lambda.TooManyRequestsException': "Lambda throttled the functions: the account's concurrency is used up by others.",
};

/**
 * One clear message for a caught error. Only messages of the product's own errors are shown, since they are made without
 * personal data; of any other error the name is.
 */
export function namedError({ Error: name = 'UnknownError', Cause }: CaughtError): NamedError {
  const { errorType, errorMessage } = parseCause(Cause);
  const error = clean(errorType ?? name).slice(0, 100);
  if (OWN.includes(error)) {
    const message = errorMessage ?? (OWN.includes(name) && !isJson(Cause) ? Cause : undefined);
    return { error, cause: shortened(clean(message ?? error)) };
  }
  return {
    error,
    cause: `${KNOWN[error] ?? `A function failed with ${error}.`} The logs of the workflow's functions tell more.`,
  };
}

const isJson = (text: string | undefined): boolean => text?.trimStart().startsWith('{') ?? false;

/** What Lambda makes of a thrown error: `{"errorType": ..., "errorMessage": ..., "trace": [...]}`. */
function parseCause(cause: string | undefined): { readonly errorType?: string; readonly errorMessage?: string } {
  try {
    const { errorType, errorMessage } = JSON.parse(cause ?? '') as Record<string, unknown>;
    return {
      ...(typeof errorType === 'string' ? { errorType } : {}),
      ...(typeof errorMessage === 'string' ? { errorMessage } : {}),
    };
  } catch {
    return {};
  }
}

/** At most LONGEST characters, and a word about it where that cut something off; no half of a surrogate pair at the end. */
const shortened = (text: string): string =>
  text.length <= LONGEST ? text : `${text.slice(0, LONGEST - CUT.length).replace(/\p{Cs}$/u, '')}${CUT}`;

/** One line without control characters. */
const clean = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
