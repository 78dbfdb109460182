export interface StackParameter {
  readonly ParameterKey: string;
  readonly ParameterValue: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

export type OperationAction = 'CREATE' | 'UPDATE' | 'DELETE';
export type OperationStatus = 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'STOPPING' | 'STOPPED';
export type ResultStatus = 'PENDING' | 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED';

/** What the stacks of a StackSet are made of. */
export interface Definition {
  readonly templateBody: string;
  readonly parameters: readonly StackParameter[];
  readonly capabilities: readonly string[];
  readonly tags: readonly Tag[];
  readonly description: string | undefined;
  readonly administrationRoleArn: string;
  readonly executionRoleName: string;
}

export interface StackInstance {
  readonly account: string;
  readonly region: string;
  stackId: string | undefined;
  overrides: readonly StackParameter[];
  status: 'CURRENT' | 'OUTDATED' | 'INOPERABLE';
  detailedStatus: ResultStatus | 'INOPERABLE';
  reason: string | undefined;
  lastOperationId: string | undefined;
}

export interface Preferences {
  readonly regionOrder: readonly string[] | undefined;
  readonly parallelRegions: boolean;
  /** Failed stacks per Region that an operation bears. */
  readonly failureTolerance: number;
}

/** One account and Region of an operation. */
export interface StackInstanceTarget {
  readonly account: string;
  readonly region: string;
  status: ResultStatus;
  reason: string | undefined;
}

export interface Operation {
  readonly id: string;
  readonly action: OperationAction;
  readonly createdAt: Date;
  readonly definition: Definition;
  readonly preferences: Preferences;
  readonly retainStacks: boolean | undefined;
  readonly targets: readonly StackInstanceTarget[];
  status: OperationStatus;
  statusReason: string | undefined;
  endedAt: Date | undefined;
}

export interface StackSet {
  readonly name: string;
  /** NAME:UUID */
  readonly id: string;
  readonly account: string;
  /** Where the StackSet is administered. */
  readonly region: string;
  readonly managedExecution: boolean;
  /** ClientRequestToken of the request that created it: the same request again gives the same StackSet. */
  readonly requestToken: string | undefined;
  status: 'ACTIVE' | 'DELETED';
  definition: Definition;
  readonly instances: StackInstance[];
  readonly operations: Operation[];
}
