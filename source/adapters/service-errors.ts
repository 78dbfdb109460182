import { Fault, Halt } from '../domain/errors.ts';

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationError',
  'AuthorizationErrorException',
  'KMSAccessDeniedException',
  'KmsAccessDenied',
]);

/** Codes and names of a connection that could not be made or that nobody answered. */
export const NO_ANSWER: readonly string[] = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'TimeoutError',
];

/**
 * What services say when the customer's key is refused, disabled, about to be deleted or gone, by the errors of their models (S3:
 * `KMS.DisabledException`, SQS: `KmsDisabled`, SNS: `KMSDisabledException`); a throttled key is none of these.
 */
const KEY_ERROR = /^KMS(?!.*Thrott)/i;
/** DynamoDB, and S3 for a refused key, have no names of their own for it and say it in the message. */
const KEY_IN_MESSAGE = /\bkms\b/i;

/** The name of whatever was thrown; never its message, which can hold personal data. */
export const errorNameOf = (error: unknown): string => (error instanceof Error ? error.name : 'UnknownError');

/** HTTP status of the service's answer; undefined where there was none. */
export const httpStatusOf = (error: unknown): number | undefined =>
  (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;

/** True when IAM, a resource policy or a KMS key policy refused the call, by the error's name. */
export const isDenied = (error: unknown): boolean => DENIED.has(errorNameOf(error));

/** True when the service could not use the key with which what was asked for is encrypted. */
const isAboutKey = (error: unknown): boolean =>
  KEY_ERROR.test(errorNameOf(error)) || (isDenied(error) && KEY_IN_MESSAGE.test((error as Error).message));

/**
 * The error that the product throws for a refused call: Halt AccessDenied, else Fault ServiceError. It carries the
 * service's error name, HTTP status and request id, and neither its message nor itself as a cause.
 * @param what the call and its target, for instance `GetItem on table X`
 */
export function serviceError(what: string, error: unknown): Halt | Fault {
  if (error instanceof Halt || error instanceof Fault) return error;
  const name = errorNameOf(error);
  if (isAboutKey(error))
    return new Halt(
      'AccessDenied',
      `The encryption key cannot be used for ${what} (${name}). It is disabled, about to be deleted or not there, or its key policy or the function's role does not allow it. Enable it in this Region or cancel its deletion within seven days, after which DynamoDB archives the table, compare its key policy with docs/security.md, and start the workflow again.`,
    );
  if (isDenied(error))
    return new Halt(
      'AccessDenied',
      `The function's role may not call ${what} (${name}). Check the role's policy, and the key policies where encryption keys of your own are used.`,
    );
  const { $metadata: { httpStatusCode, requestId } = {}, code } = (error ?? {}) as {
    $metadata?: { httpStatusCode?: number; requestId?: string };
    code?: unknown;
  };
  // A broken connection is an `Error` with a code such as ECONNRESET.
  const details = [
    name === 'Error' && typeof code === 'string' ? code : name,
    ...(httpStatusCode === undefined ? [] : [`HTTP ${httpStatusCode}`]),
    ...(requestId === undefined ? [] : [`request ${requestId}`]),
  ];
  return new Fault('ServiceError', `${what} failed: ${details.join(', ')}.`);
}
