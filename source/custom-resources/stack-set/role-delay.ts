/**
 * A role or policy that was made seconds ago may be unknown for a minute or two (IAM is eventually consistent): to
 * StackSets, which takes the two roles of the StackSet, and to the services that look at a role when one of an instance's
 * resources is made. What they say then is the same as for a role that is wrong, so it is tried for a while.
 */

/** A refusal to take a role; counts only for one of the two roles of the StackSet. */
const NOT_ASSUMED = [
  /role with trust relationship/i,
  /is not authorized to perform: sts:AssumeRole/i,
  /cannot be assumed/i,
];
/** What Step Functions and Lambda say of a new role of an instance (public reports; CloudFormation gives it up at once). */
const NOT_YET_KNOWN = [
  /state machine IAM Role is not authorized to access the Log Destination/i,
  /Neither the global service principal states\.amazonaws\.com[^]*authorized to assume the provided role/i,
  /execution role does not have permissions to call SendMessage/i,
];
/** In no time will a policy of the organization, or a boundary, change by itself (IAM User Guide, "access denied error messages"). */
const FINAL = /explicit deny|service control policy|resource control policy|permissions boundary/i;

/** Counted from the first try: longer than IAM takes, shorter than a wrong role should keep its operator waiting. */
export const ROLE_PATIENCE_MS = 240_000;
export const ROLE_PAUSE_MS = 15_000;

/** True when a reason is one that a role made seconds ago explains; `roles`: names of the two roles of the StackSet. */
export const mayBeRoleDelay = (reason: string, roles: readonly string[]): boolean =>
  !FINAL.test(reason) &&
  ((NOT_ASSUMED.some((sign) => sign.test(reason)) && roles.some((role) => reason.includes(role))) ||
    NOT_YET_KNOWN.some((sign) => sign.test(reason)));
