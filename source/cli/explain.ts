import { Fault, Halt } from '../domain/errors.ts';
import { CliError, isCliError } from './cli-error.ts';

const EXPIRED = /^(ExpiredToken|ExpiredTokenException|TokenRefreshRequired|RequestExpired|ExpiredTokenError)$/;
const INVALID =
  /^(UnrecognizedClient|UnrecognizedClientException|InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignatureException|AuthFailure|IncompleteSignature|MissingAuthenticationToken|MissingAuthenticationTokenException|InvalidToken|OptInRequired)$/;
const DENIED =
  /^(AccessDenied|AccessDeniedException|AuthorizationError|AuthorizationErrorException|NotAuthorized|UnauthorizedOperation|KMSAccessDeniedException|KmsAccessDenied)$/;
const NO_CREDENTIALS = /^(CredentialsProviderError|TokenProviderError|ProviderError)$/;
const THROTTLED =
  /^(Throttling|ThrottlingException|ThrottledException|TooManyRequestsException|RequestLimitExceeded|SlowDown)$/;
const UNREACHABLE = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** True when the call never got an answer: no network, a proxy, or a Region that is down. */
export const isUnreachable = (error: unknown): boolean => {
  const { name = '', code = '', cause } = (error ?? {}) as { name?: string; code?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || (typeof code === 'string' && UNREACHABLE.has(code))) return true;
  const { errors } = (error ?? {}) as { errors?: readonly unknown[] };
  return (errors ?? []).some(isUnreachable) || (cause !== undefined && isUnreachable(cause));
};

/** True when IAM refused the call. */
export const isRefusedCall = (error: unknown): boolean => DENIED.test(nameOf(error));

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'UnknownError');
/** The service's own words stand on the operator's own terminal, in one line. */
const wordsOf = (error: unknown): string =>
  error instanceof Error && error.message !== '' ? error.message.replaceAll(/\s+/g, ' ').trim() : nameOf(error);

/**
 * What the operator is told about a call that failed.
 * @param thing what was called or looked at, with its Region
 */
export function explained(thing: string, error: unknown): CliError {
  if (isCliError(error)) return error;
  const name = nameOf(error);
  const because = { cause: error };
  if (EXPIRED.test(name) || /token.*expired|expired.*token|session.*expired/i.test(wordsOf(error)))
    return new CliError(
      'refused',
      {
        thing,
        found: `the AWS credentials have expired (${name})`,
        next: 'Sign in again (aws sso login, or new keys for the profile), then repeat the command.',
      },
      because,
    );
  if (NO_CREDENTIALS.test(name))
    return new CliError(
      'refused',
      {
        thing,
        found: `no usable AWS credentials were found: ${wordsOf(error)}`,
        next: 'Give --profile, set AWS_PROFILE, or sign in with the AWS CLI.',
      },
      because,
    );
  if (INVALID.test(name))
    return new CliError(
      'refused',
      {
        thing,
        found: `AWS does not accept the credentials (${name})`,
        next: 'Check the profile, its keys and the clock of this machine. A Region that is not enabled for the account answers like this, too.',
      },
      because,
    );
  if (isUnreachable(error))
    return new CliError(
      'failed',
      {
        thing,
        found: `no answer (${codeOf(error)})`,
        next: 'Check the network, the proxy, AWS_ENDPOINT_URL and the name of the Region. If the Region itself is down, work in the other one: --region.',
      },
      because,
    );
  if (DENIED.test(name))
    return new CliError(
      'refused',
      {
        thing,
        found: `the credentials may not do this: ${wordsOf(error)}`,
        next: 'Attach the operator policy of docs/security.md to the role or user, or use another --profile.',
      },
      because,
    );
  if (THROTTLED.test(name))
    return new CliError('failed', { thing, found: `AWS throttles (${name})`, next: 'Try again in a minute.' }, because);
  const known = error instanceof Halt || error instanceof Fault;
  return new CliError(
    'failed',
    {
      thing,
      found: known ? error.message : `an error that this command does not know: ${name}: ${wordsOf(error)}`,
      next: known ? 'Nothing was changed.' : 'Try again; if it stays, report it with this message.',
    },
    because,
  );
}

const codeOf = (error: unknown): string => {
  const { code, cause, errors } = (error ?? {}) as { code?: unknown; cause?: unknown; errors?: readonly unknown[] };
  if (typeof code === 'string') return code;
  const [inner] = [...(errors ?? []), ...(cause === undefined ? [] : [cause])];
  return inner === undefined ? nameOf(error) : codeOf(inner);
};
