import type { AwsCredentials, Backend } from '../types.ts';

/** What StackSets need of the gateway. */
export interface StackSetDeps {
  readonly backend: Backend;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly newId: () => string;
  /** Credentials of an account's root. */
  readonly rootOf: (account: string) => AwsCredentials;
  /** Age in milliseconds below which a role is not known yet ("a new role may be unknown to StackSets for a minute or two"). */
  readonly newRoleUnknownMs: () => number;
}

/** How often a stack's status is looked at. */
export const POLL_MS = 150;
