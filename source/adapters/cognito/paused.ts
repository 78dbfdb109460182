import type { CognitoIdentityProviderClient } from '@aws-sdk/client-cognito-identity-provider';
import { isAboutValues } from '../../domain/about-values.ts';
import { Halt } from '../../domain/errors.ts';
import { writesPaused } from '../../domain/recovery/paused-writes.ts';
import { activeRecovery } from '../../domain/recovery/recoveries.ts';
import { errorNameOf, httpStatusOf, isDenied } from '../service-errors.ts';
import { isThrottle } from './client.ts';
import { listRecoveries } from './recoveries.ts';

/**
 * Refusals, beside those of values, that say for certain what they are about: the write was looked at, so that writes are not
 * paused.
 */
const CERTAIN = new Set([
  'UserNotFoundException',
  'UsernameExistsException',
  'AliasExistsException',
  'GroupExistsException',
  'ResourceNotFoundException',
  'InvalidPasswordException',
  'PasswordHistoryPolicyViolationException',
  'UserLambdaValidationException',
  'UnexpectedLambdaException',
  'InvalidLambdaResponseException',
  'CodeDeliveryFailureException',
  'UserImportInProgressException',
  'LimitExceededException',
]);

/**
 * Makes a write. How Cognito refuses one while its own recovery pauses the pool's writes is not documented
 * (OperationNotEnabledException, ConcurrentModificationException and NotAuthorizedException are in its lists of errors):
 * before any refusal that may be that is taken for one, the recoveries are looked at. Fault WritesPaused while one is active.
 */
export async function unlessPaused<T>(
  client: CognitoIdentityProviderClient,
  poolId: string,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (mayBePause(error)) await assertNotPaused(client, poolId, errorNameOf(error));
    throw error;
  }
}

function mayBePause(error: unknown): boolean {
  const status = httpStatusOf(error) ?? 500;
  const name = errorNameOf(error);
  return status < 500 && !isThrottle(error) && !isDenied(error) && !CERTAIN.has(name) && !isAboutValues(name);
}

async function assertNotPaused(client: CognitoIdentityProviderClient, poolId: string, refused: string): Promise<void> {
  const recoveries = await listRecoveries(client, poolId);
  const active = activeRecovery(recoveries);
  if (active !== undefined) throw writesPaused(poolId, active);
  if (recoveries === 'unknown' && refused === 'NotAuthorizedException')
    throw new Halt(
      'AccessDenied',
      `Cognito refused a write of the user pool ${poolId} (${refused}), and the function's role may not see whether a recovery of AWS pauses the pool's writes. Allow cognito-idp:ListPointInTimeRecoveries on the pool, then start the workflow again: it continues.`,
    );
}
