/** What the StackSet resource needs of CloudFormation StackSets. Operations are named by the caller, so that asking twice starts one. */

import type { StackTags } from '../framework/stack-tags.ts';

/** What a StackSet consists of; CreateStackSet and UpdateStackSet take all of it. */
export interface StackSetDefinition {
  readonly name: string;
  readonly description: string;
  readonly templateUrl: string;
  readonly parameters: Readonly<Record<string, string>>;
  /** Of the StackSet itself, its stacks and all that they make; another list replaces it, an empty one removes all. */
  readonly tags: StackTags;
  readonly administrationRoleArn: string;
  readonly executionRoleName: string;
}

/** One stack of the StackSet, or the place for one. */
export interface Instance {
  readonly region: string;
  readonly account: string;
  /** CURRENT, OUTDATED or INOPERABLE (CloudFormation StackInstanceStatus). */
  readonly status: string;
  /** Absent while, and if, no stack was made. */
  readonly stackId?: string;
}

/** `running` also when an operation of that id runs or has run already; `busy` while another operation runs. */
export type Started = 'running' | 'busy';
/** CloudFormation StackSetOperationStatus. */
export type StackSetOperationStatus =
  'RUNNING' | 'QUEUED' | 'STOPPING' | 'STOPPED' | 'SUCCEEDED' | 'FAILED' | (string & {});

/** CloudFormation StackSets with self-managed permissions. Refusals that are not named here reject. */
export interface StackSets {
  readonly exists: (name: string) => Promise<boolean>;
  /** A StackSet of that name that exists already is no error: the name belongs to this launch. */
  readonly create: (definition: StackSetDefinition) => Promise<void>;
  /** `done` also when there is none. */
  readonly delete: (name: string) => Promise<'done' | 'busy' | 'notEmpty'>;
  readonly instances: (name: string) => Promise<readonly Instance[]>;

  /** Updates the definition and every instance, one Region after the other in the order given. */
  readonly startUpdate: (
    definition: StackSetDefinition,
    regionOrder: readonly string[],
    operationId: string,
  ) => Promise<Started>;
  /** Adds, or tries again, the instances of one account in several Regions at the same time. */
  readonly startAdding: (
    name: string,
    account: string,
    regions: readonly string[],
    operationId: string,
  ) => Promise<Started>;
  readonly startRemoving: (
    name: string,
    account: string,
    regions: readonly string[],
    retainStacks: boolean,
    operationId: string,
  ) => Promise<Started>;

  /** An operation of any origin that has not ended. */
  readonly hasRunningOperation: (name: string) => Promise<boolean>;
  readonly operationStatus: (name: string, operationId: string) => Promise<StackSetOperationStatus>;
  /** What CloudFormation says of each Region where the operation failed. */
  readonly operationFailures: (
    name: string,
    operationId: string,
  ) => Promise<readonly { readonly region: string; readonly reason: string }[]>;

  readonly outputs: (region: string, stackId: string) => Promise<Readonly<Record<string, string>>>;
  /** Undefined when there is no such stack any more. */
  readonly stackStatus: (region: string, stackId: string) => Promise<string | undefined>;
  /** Names of the buckets that the stack has made and that are not deleted, also after the stack is gone. */
  readonly bucketsOf: (region: string, stackId: string) => Promise<readonly string[]>;
  /** True when the bucket is gone; false when it holds something, or may not be removed. */
  readonly removeEmptyBucket: (region: string, bucket: string) => Promise<boolean>;
  /** The first resource of the stack that failed by itself, with CloudFormation's reason. */
  readonly firstFailure: (region: string, stackId: string) => Promise<string | undefined>;
}
