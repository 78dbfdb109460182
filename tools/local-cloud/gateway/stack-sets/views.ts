import type { XmlValue } from '../xml.ts';
import type { Operation, StackInstance, StackSet } from './model.ts';

/** Members of the API's StackSetSummary. */
export function stackSetSummary(set: StackSet): Record<string, XmlValue> {
  return {
    StackSetName: set.name,
    StackSetId: set.id,
    Description: set.definition.description,
    Status: set.status,
    PermissionModel: 'SELF_MANAGED',
    DriftStatus: 'NOT_CHECKED',
    ManagedExecution: { Active: set.managedExecution },
  };
}

/** Members of the API's StackSet. */
export function stackSetView(set: StackSet): Record<string, XmlValue> {
  const { templateBody, parameters, capabilities, tags, description, administrationRoleArn, executionRoleName } =
    set.definition;
  return {
    StackSetName: set.name,
    StackSetId: set.id,
    Description: description,
    Status: set.status,
    TemplateBody: templateBody,
    Parameters: parameters.map((parameter) => ({ ...parameter })),
    Capabilities: capabilities,
    Tags: tags.map((tag) => ({ ...tag })),
    StackSetARN: `arn:aws:cloudformation:${set.region}:${set.account}:stackset/${set.id}`,
    AdministrationRoleARN: administrationRoleArn,
    ExecutionRoleName: executionRoleName,
    PermissionModel: 'SELF_MANAGED',
    OrganizationalUnitIds: [],
    ManagedExecution: { Active: set.managedExecution },
    Regions: [...new Set(set.instances.map((instance) => instance.region))],
  };
}

/** Members of the API's StackInstanceSummary. */
export function instanceSummary(set: StackSet, instance: StackInstance): Record<string, XmlValue> {
  return {
    StackSetId: set.id,
    Region: instance.region,
    Account: instance.account,
    StackId: instance.stackId,
    Status: instance.status,
    StatusReason: instance.reason,
    StackInstanceStatus: { DetailedStatus: instance.detailedStatus },
    OrganizationalUnitId: '',
    DriftStatus: 'NOT_CHECKED',
    LastOperationId: instance.lastOperationId,
  };
}

export function instanceView(set: StackSet, instance: StackInstance): Record<string, XmlValue> {
  return {
    ...instanceSummary(set, instance),
    ParameterOverrides: instance.overrides.map((parameter) => ({ ...parameter })),
  };
}

/** Members of the API's StackSetOperationSummary. */
export function operationSummary(operation: Operation): Record<string, XmlValue> {
  return {
    OperationId: operation.id,
    Action: operation.action,
    Status: operation.status,
    CreationTimestamp: operation.createdAt,
    EndTimestamp: operation.endedAt,
    StatusReason: operation.statusReason,
    StatusDetails: {
      FailedStackInstancesCount: operation.targets.filter((target) => target.status === 'FAILED').length,
    },
    OperationPreferences: {
      RegionConcurrencyType: operation.preferences.parallelRegions ? 'PARALLEL' : 'SEQUENTIAL',
      RegionOrder: operation.preferences.regionOrder ?? [],
      FailureToleranceCount: operation.preferences.failureTolerance,
      MaxConcurrentCount: 1,
    },
  };
}

export function operationView(set: StackSet, operation: Operation): Record<string, XmlValue> {
  return {
    ...operationSummary(operation),
    StackSetId: set.id,
    RetainStacks: operation.retainStacks,
    AdministrationRoleARN: operation.definition.administrationRoleArn,
    ExecutionRoleName: operation.definition.executionRoleName,
  };
}
