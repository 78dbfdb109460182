import { isAboutValues } from '../../domain/about-values.ts';
import { errorNameOf } from '../service-errors.ts';

/** What refuses the question itself, beside a name that Cognito does not take: a role that may not ask. */
const REFUSALS = new Set(['AccessDeniedException', 'NotAuthorizedException', 'OperationNotEnabledException']);

/** Cognito's answer about a name by which nobody signs in. */
export const isUnknownUser = (error: unknown): boolean => errorNameOf(error) === 'UserNotFoundException';

/** Whether asking again would give the same refusal; throttles and outages are errors like those of any other call. */
export const isRefusedProbe = (error: unknown): boolean =>
  REFUSALS.has(errorNameOf(error)) || isAboutValues(errorNameOf(error));
