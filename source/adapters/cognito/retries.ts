import type { CognitoIdentityProviderClientConfig } from '@aws-sdk/client-cognito-identity-provider';
import type { Clock, Random } from '../../domain/ports.ts';

type RetryStrategy = Extract<
  CognitoIdentityProviderClientConfig['retryStrategy'],
  { refreshRetryTokenForRetry: unknown }
>;
type RetryToken = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[0];
type RetryErrorInfo = Parameters<RetryStrategy['refreshRetryTokenForRetry']>[1];

/** A throttled call is tried again until no call of the client has succeeded for this long. */
export const PATIENCE_MS = 5 * 60_000;
const TRANSIENT_ATTEMPTS = 8;
/** LimitExceededException is a limit of a resource (groups of a user, jobs of a pool), though the SDK calls it throttling. */
const LIMIT_ATTEMPTS = 2;

/**
 * Retries for Cognito. The SDK's own strategy gives a throttled call up after a few seconds, or at once when its quota of
 * retries is used up, and a pool under load throttles for hours. Every further attempt passes the pacer again.
 */
export class PatientRetries implements RetryStrategy {
  #succeededAt = Number.NEGATIVE_INFINITY;

  /** @param transientAttempts 1 for calls that must not be made twice when an answer was lost */
  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly random: Random,
    private readonly transientAttempts = TRANSIENT_ATTEMPTS,
  ) {}

  acquireInitialRetryToken(): Promise<RetryToken> {
    return Promise.resolve(new Token(0, 0, this.clock.now()));
  }

  refreshRetryTokenForRetry(token: RetryToken, { errorType, error }: RetryErrorInfo): Promise<RetryToken> {
    const { begunAt } = token as Token;
    const attempts = token.getRetryCount() + 1;
    const limit = error instanceof Error && error.name === 'LimitExceededException';
    const patient = this.clock.now() - Math.max(begunAt, this.#succeededAt) < PATIENCE_MS;
    const again = limit
      ? attempts < LIMIT_ATTEMPTS
      : errorType === 'THROTTLING'
        ? patient
        : errorType !== 'CLIENT_ERROR' && attempts < this.transientAttempts;
    if (!again) return Promise.reject(new Error('no further attempt'));
    const longest =
      errorType === 'THROTTLING' ? Math.min(5_000, 200 * 2 ** attempts) : Math.min(20_000, 50 * 2 ** attempts);
    return Promise.resolve(new Token(attempts, Math.round(this.random() * longest), begunAt));
  }

  recordSuccess(): void {
    this.#succeededAt = this.clock.now();
  }
}

class Token implements RetryToken {
  constructor(
    private readonly attempts: number,
    private readonly delay: number,
    readonly begunAt: number,
  ) {}
  getRetryCount = (): number => this.attempts;
  getRetryDelay = (): number => this.delay;
  getRetryCost = (): number => 0;
}
