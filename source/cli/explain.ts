import { errorNameOf, httpStatusOf, isDenied, NO_ANSWER } from '../adapters/service-errors.ts';
import { Fault, Halt } from '../domain/errors.ts';
import { CliError, isCliError } from './cli-error.ts';
import type { ExitKind } from './exit-codes.ts';

const EXPIRED = /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestExpired|ExpiredTokenError)$/;
const INVALID =
  /^(UnrecognizedClient|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|IncompleteSignature|MissingAuthenticationToken|MissingAuthenticationTokenException|InvalidToken|OptInRequired)$/;
/** Of services that name a refusal otherwise than most. */
const DENIED_TOO = new Set(['NotAuthorized', 'UnauthorizedOperation']);
const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/;
const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown)$/;
const NOT_IMPLEMENTED = 501;
const UNREACHABLE = new Set([...NO_ANSWER, 'EPIPE', 'ERR_TLS_CERT_ALTNAME_INVALID']);

/** True when the call got no answer, or only that the service itself fails: no network, a proxy, or a Region that is down. */
export const isUnreachable = (error: unknown): boolean => isFailing(error) || isUnanswered(error);

/** The service is there, and cannot serve: SDK and service have tried again before it comes to this. */
const isFailing = (error: unknown): boolean => {
  const status = httpStatusOf(error) ?? 0;
  return status >= 500 && status !== NOT_IMPLEMENTED && !THROTTLED.test(errorNameOf(error));
};

const isUnanswered = (error: unknown): boolean => {
  const { name = '', code = '', cause } = (error ?? {}) as { name?: string; code?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || (typeof code === 'string' && UNREACHABLE.has(code))) return true;
  const { errors } = (error ?? {}) as { errors?: readonly unknown[] };
  return (errors ?? []).some(isUnanswered) || (cause !== undefined && isUnanswered(cause));
};

/** True when IAM refused the call. */
export const isRefusedCall = (error: unknown): boolean => isDenied(error) || DENIED_TOO.has(errorNameOf(error));

/** The service's own words stand on the operator's own terminal, in one line. */
const wordsOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message.replaceAll(/\s+/g, ' ').trim() : errorNameOf(error);

/**
 * What the operator is told about a call that failed.
 * @param thing what was called or looked at, with its Region
 */
export function explained(thing: string, error: unknown): CliError {
  if (isCliError(error)) return error;
  const [kind, found, next] = explanation(error);
  return new CliError(kind, { thing, found, next }, { cause: error });
}

function explanation(error: unknown): readonly [kind: ExitKind, found: string, next: string] {
  const name = errorNameOf(error);
  if (EXPIRED.test(name) || /token.*expired|expired.*token|session.*expired/i.test(wordsOf(error)))
    return [
      'refused',
      `the AWS credentials have expired (${name})`,
      'Sign in again (aws sso login, or new keys for the profile), then repeat the command.',
    ];
  if (NO_CREDENTIALS.test(name))
    return [
      'refused',
      `no usable AWS credentials were found: ${wordsOf(error)}`,
      'Give --profile, set AWS_PROFILE, or sign in with the AWS CLI.',
    ];
  if (INVALID.test(name))
    return [
      'refused',
      `AWS does not accept the credentials (${name})`,
      'Check the profile, its keys and the clock of this machine. A Region that is not enabled for the account answers like this, too.',
    ];
  if (isFailing(error))
    return [
      'failed',
      `AWS answers that it fails itself (${name}, HTTP ${httpStatusOf(error)})`,
      'Try again in some minutes. If the Region itself is down, work in the other one: --region.',
    ];
  if (isUnanswered(error))
    return [
      'failed',
      `no answer (${codeOf(error)})`,
      'Check the network, the proxy, AWS_ENDPOINT_URL and the name of the Region. If the Region itself is down, work in the other one: --region.',
    ];
  if (isRefusedCall(error))
    return [
      'refused',
      `the credentials may not do this: ${wordsOf(error)}`,
      'Attach the operator policy of docs/security.md to the role or user, or use another --profile.',
    ];
  if (THROTTLED.test(name)) return ['failed', `AWS throttles (${name})`, 'Try again in a minute.'];
  if (error instanceof Halt || error instanceof Fault) return ['failed', error.message, 'Nothing was changed.'];
  return [
    'failed',
    `an error that this command does not know: ${name}: ${wordsOf(error)}`,
    'Try again; if it stays, report it with this message.',
  ];
}

const codeOf = (error: unknown): string => {
  const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  const [inner] = [...(errors ?? []), ...(cause === undefined ? [] : [cause])];
  return inner === undefined ? errorNameOf(error) : codeOf(inner);
};
