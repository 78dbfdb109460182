import { errorNameOf } from '../service-errors.ts';

/** What refuses the question itself: a name that Cognito does not take, or a role that may not ask. */
const REFUSALS = new Set([
  'InvalidParameterException',
  'AccessDeniedException',
  'NotAuthorizedException',
  'OperationNotEnabledException',
]);

/** Cognito's answer about a name by which nobody signs in. */
export const isUnknownUser = (error: unknown): boolean => errorNameOf(error) === 'UserNotFoundException';

/** Whether asking again would give the same refusal; throttles and outages are errors like those of any other call. */
export const isRefusedProbe = (error: unknown): boolean => REFUSALS.has(errorNameOf(error));
