import { CloudFormationClient, DescribeStackResourcesCommand, ListStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ClientConfigOf } from '../../deploy/clients.ts';

/** One function of an instance of the StackSet. */
export interface InstanceFunction {
  /** As the contract names it: `SyncUsers`. */
  readonly name: string;
  readonly physicalName: string;
  readonly memoryMb: number;
  readonly logGroup: string;
}

/** The functions of a StackSet's instance in a Region. */
export async function instanceFunctions(
  config: ReturnType<ClientConfigOf>,
  stackSetName: string,
): Promise<InstanceFunction[]> {
  const cloudFormation = new CloudFormationClient(config);
  const lambda = new LambdaClient(config);
  const { StackSummaries = [] } = await cloudFormation.send(
    new ListStacksCommand({ StackStatusFilter: ['CREATE_COMPLETE'] }),
  );
  const stack = StackSummaries.find(({ StackName }) => StackName?.startsWith(`StackSet-${stackSetName}-`));
  if (stack === undefined) throw new Error(`There is no instance of the StackSet ${stackSetName} in ${config.region}.`);
  const { StackResources = [] } = await cloudFormation.send(
    new DescribeStackResourcesCommand({ StackName: stack.StackName }),
  );
  return Promise.all(
    StackResources.filter(({ ResourceType }) => ResourceType === 'AWS::Lambda::Function').map(
      async ({ LogicalResourceId = '', PhysicalResourceId = '' }) => {
        const { MemorySize = 128, LoggingConfig } = await lambda.send(
          new GetFunctionConfigurationCommand({ FunctionName: PhysicalResourceId }),
        );
        return {
          name: LogicalResourceId.replace(/Function$/, ''),
          physicalName: PhysicalResourceId,
          memoryMb: MemorySize,
          logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${PhysicalResourceId}`,
        };
      },
    ),
  );
}
