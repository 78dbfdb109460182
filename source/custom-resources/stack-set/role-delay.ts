/**
 * A role or policy that was made seconds ago may be unknown to StackSets for a minute or two (IAM is eventually
 * consistent). What CloudFormation says then is the same as for a role that is wrong, so it is tried for a while.
 */
const SIGNS = [
  /role with trust relationship/i,
  /is not authorized to perform/i,
  /account ?gate check failed/i,
  /cannot be assumed/i,
  /(?:invalid|not valid) (?:principal|role)/i,
  /role .* does not exist/i,
  /has insufficient .*permissions/i,
  /security token included in the request is invalid/i,
];

/** Counted from the first try: longer than IAM takes, shorter than a wrong role should keep its operator waiting. */
export const ROLE_PATIENCE_MS = 240_000;
export const ROLE_PAUSE_MS = 15_000;

/** True when CloudFormation's reason is one that a role made seconds ago explains. */
export const mayBeRoleDelay = (message: string): boolean => SIGNS.some((sign) => sign.test(message));
