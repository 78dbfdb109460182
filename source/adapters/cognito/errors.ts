import { isAboutValues } from '../../domain/about-values.ts';
import { Fault, Halt } from '../../domain/errors.ts';
import { isPossibleName } from '../../domain/model.ts';
import { errorNameOf, serviceError } from '../service-errors.ts';
import { isThrottle } from './client.ts';

/** Which page of which listing failed. */
interface Paging {
  readonly token?: string | undefined;
  readonly filter?: string | undefined;
}

/**
 * Runs one Cognito call and turns what it throws into the product's errors. Cognito's messages can hold user names: only
 * the error's name goes on.
 */
export async function cognitoCall<T>(
  action: string,
  poolId: string,
  call: () => Promise<T>,
  paging: Paging = {},
): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw cognitoError(action, poolId, error, paging);
  }
}

/** The product's error for a refused Cognito call; see cognitoCall. */
export function cognitoError(
  action: string,
  poolId: string,
  error: unknown,
  { token, filter }: Paging = {},
): Halt | Fault {
  const name = errorNameOf(error);
  if (isThrottle(error))
    return new Fault(
      'Throttled',
      `Cognito throttled ${action} on ${poolId} for minutes without a single success. Lower CognitoTPS, or start the workflow again later.`,
    );
  switch (name) {
    case 'ResourceNotFoundException':
      return new Halt(
        'UserPoolNotFound',
        `The user pool ${poolId} does not exist in this Region of this account (${action}). Check the pool's id, Region and account.`,
      );
    case 'NotAuthorizedException':
      return new Halt(
        'AccessDenied',
        `Cognito refused ${action} on the user pool ${poolId} (${name}). Check the function's role and whether the pool accepts administrative calls.`,
      );
    case 'OperationNotEnabledException':
      return new Halt(
        'AccessDenied',
        `Cognito does not offer ${action} on the user pool ${poolId} (${name}): the pool is a read replica, or the call is not available in this Region. Use a pool that is not a replica.`,
      );
    case 'InvalidParameterException':
      if (token !== undefined)
        return new Fault('InvalidPaginationToken', `Cognito refused the pagination token of ${action}.`);
      if (filter !== undefined) return new Fault('FilterRefused', `Cognito refused the filter of ${action}.`);
      break;
    default:
  }
  return serviceError(`Cognito ${action} on the user pool ${poolId}`, error);
}

/** ResourceNotFoundException means the pool, or the group in it; only the text tells, and it is read for nothing else. */
export const isMissingGroup = (error: unknown): boolean =>
  errorNameOf(error) === 'ResourceNotFoundException' && !/user ?pool/i.test((error as Error).message);

/** Cognito refuses to speak of a group whose name it could not have: there is none. Any other refused request is an error. */
export const isRefusedName = (error: unknown, group: string): boolean =>
  isAboutValues(errorNameOf(error)) && !isPossibleName(group);
