import type { QueryTree } from '../query-params.ts';
import type { AwsCredentials, Backend } from '../types.ts';
import type { Scope, StackSetStore } from './store.ts';

/** What StackSets need of the gateway. */
export interface StackSetServices {
  readonly backend: Backend;
  readonly now: () => Date;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly newId: () => string;
  /** Credentials of an account's root. */
  readonly rootOf: (account: string) => AwsCredentials;
  /** Age in milliseconds below which a role is not known yet ("a new role may be unknown to StackSets for a minute or two"). */
  readonly newRoleUnknownMs: () => number;
}

/** One call: the request's members, the caller's account and Region. */
export interface Call {
  readonly request: QueryTree;
  readonly scope: Scope;
  readonly store: StackSetStore;
  readonly deps: StackSetServices;
}

/** How often a stack's status is looked at. */
export const POLL_MS = 150;
