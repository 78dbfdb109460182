/** StackSets on CloudFormation, self-managed permissions. */
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetCommand,
  DescribeStackSetOperationCommand,
  ListStackSetOperationsCommand,
  paginateListStackInstances,
  paginateListStackSetOperationResults,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';
import type { CreateStackSetCommandInput } from '@aws-sdk/client-cloudformation';
import { clientOptions } from '../../adapters/client-options.ts';
import { errorNameOf } from '../../adapters/service-errors.ts';
import { valueUnless } from '../framework/aws.ts';
import { bucketsOf, firstFailure, outputs, stackStatus } from './instance-stack.ts';
import { removeEmptyBucket } from './empty-bucket.ts';
import type { Instance, StackSetDefinition, StackSets, Started } from './stack-sets.ts';

/** With tolerance 0 an operation is FAILED as soon as one instance is. */
const NO_TOLERANCE = { FailureToleranceCount: 0, MaxConcurrentCount: 1 } as const;
const BOTH_AT_ONCE = { ...NO_TOLERANCE, RegionConcurrencyType: 'PARALLEL' } as const;
const UNFINISHED = new Set(['RUNNING', 'QUEUED', 'STOPPING']);

const inputOf = (definition: StackSetDefinition): CreateStackSetCommandInput => ({
  StackSetName: definition.name,
  Description: definition.description,
  TemplateURL: definition.templateUrl,
  Parameters: Object.entries(definition.parameters).map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
  })),
  Tags: Object.entries(definition.tags).map(([Key, Value]) => ({ Key, Value })),
  Capabilities: ['CAPABILITY_IAM'],
  PermissionModel: 'SELF_MANAGED',
  AdministrationRoleARN: definition.administrationRoleArn,
  ExecutionRoleName: definition.executionRoleName,
});

async function started(call: Promise<unknown>): Promise<Started> {
  try {
    await call;
  } catch (error) {
    if (errorNameOf(error) === 'OperationInProgressException') return 'busy';
    if (errorNameOf(error) !== 'OperationIdAlreadyExistsException') throw error;
  }
  return 'running';
}

/** In the function's own Region; the instances' stacks in theirs. */
export function cloudFormationStackSets(userAgent: string): StackSets {
  const client = new CloudFormationClient(clientOptions({ userAgent }));
  const clientOf = (region: string) => new CloudFormationClient(clientOptions({ userAgent, region }));
  return {
    exists: async (name) =>
      (await valueUnless(
        'StackSetNotFoundException',
        client.send(new DescribeStackSetCommand({ StackSetName: name })),
      )) !== undefined,
    create: async (definition) => {
      await valueUnless('NameAlreadyExistsException', client.send(new CreateStackSetCommand(inputOf(definition))));
    },
    delete: async (name) => {
      try {
        await client.send(new DeleteStackSetCommand({ StackSetName: name }));
        return 'done';
      } catch (error) {
        if (errorNameOf(error) === 'StackSetNotFoundException') return 'done';
        if (errorNameOf(error) === 'OperationInProgressException') return 'busy';
        if (errorNameOf(error) === 'StackSetNotEmptyException') return 'notEmpty';
        throw error;
      }
    },
    instances: async (name) => {
      const found: Instance[] = [];
      for await (const { Summaries = [] } of paginateListStackInstances({ client }, { StackSetName: name })) {
        for (const { Region = '', Account = '', Status = '', StackId } of Summaries) {
          // Empty as well as absent where no stack was made.
          found.push({ region: Region, account: Account, status: Status, ...(StackId ? { stackId: StackId } : {}) });
        }
      }
      return found;
    },

    // The administration role must be given again: an update without it falls back to the role of the default name.
    startUpdate: (definition, regionOrder, operationId) =>
      started(
        client.send(
          new UpdateStackSetCommand({
            ...inputOf(definition),
            OperationId: operationId,
            OperationPreferences: { ...NO_TOLERANCE, RegionOrder: [...regionOrder] },
          }),
        ),
      ),
    startAdding: (name, account, regions, operationId) =>
      started(
        client.send(
          new CreateStackInstancesCommand({
            StackSetName: name,
            Accounts: [account],
            Regions: [...regions],
            OperationId: operationId,
            OperationPreferences: BOTH_AT_ONCE,
          }),
        ),
      ),
    startRemoving: (name, account, regions, retainStacks, operationId) =>
      started(
        client.send(
          new DeleteStackInstancesCommand({
            StackSetName: name,
            Accounts: [account],
            Regions: [...regions],
            RetainStacks: retainStacks,
            OperationId: operationId,
            OperationPreferences: BOTH_AT_ONCE,
          }),
        ),
      ),

    hasRunningOperation: async (name) => {
      // Newest first, one at a time: an unfinished one is on the first page.
      const { Summaries = [] } = await client.send(new ListStackSetOperationsCommand({ StackSetName: name }));
      return Summaries.some(({ Status = '' }) => UNFINISHED.has(Status));
    },
    operationStatus: async (name, operationId) =>
      (await client.send(new DescribeStackSetOperationCommand({ StackSetName: name, OperationId: operationId })))
        .StackSetOperation?.Status ?? 'RUNNING',
    operationFailures: async (name, operationId) => {
      const failures: { region: string; reason: string }[] = [];
      for await (const { Summaries = [] } of paginateListStackSetOperationResults(
        { client },
        { StackSetName: name, OperationId: operationId },
      )) {
        for (const { Region = '', Status, StatusReason = '' } of Summaries)
          if (Status === 'FAILED') failures.push({ region: Region, reason: StatusReason });
      }
      return failures;
    },
    outputs: (region, stackId) => outputs(clientOf(region), stackId),
    stackStatus: (region, stackId) => stackStatus(clientOf(region), stackId),
    bucketsOf: (region, stackId) => bucketsOf(clientOf(region), stackId),
    removeEmptyBucket: (region, bucket) => removeEmptyBucket({ userAgent, region }, bucket),
    firstFailure: (region, stackId) => firstFailure(clientOf(region), stackId),
  };
}
