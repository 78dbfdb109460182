import { DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import type { CloudFormationClient, Stack } from '@aws-sdk/client-cloudformation';
import type { StackFacts } from '../../domain/operator/installation.ts';

/** The stack of this name, or all stacks of the Region; empty when there is none of this name. */
export async function describeStacks(client: CloudFormationClient, stackName?: string): Promise<readonly StackFacts[]> {
  const found: StackFacts[] = [];
  let token: string | undefined;
  do {
    const page = await client
      .send(new DescribeStacksCommand({ StackName: stackName, NextToken: token }))
      .catch((error: unknown) => {
        if (stackName !== undefined && isUnknownStack(error)) return { Stacks: [], NextToken: undefined };
        throw error;
      });
    for (const stack of page.Stacks ?? []) found.push(factsOf(stack));
    token = page.NextToken;
  } while (token !== undefined);
  return found;
}

/** CloudFormation has no error name of its own for it. */
const isUnknownStack = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ValidationError' && error.message.includes('does not exist');

const factsOf = ({
  StackName,
  StackId,
  StackStatus,
  StackStatusReason,
  CreationTime,
  Parameters = [],
  Tags = [],
  Outputs = [],
}: Stack): StackFacts => ({
  name: StackName ?? '',
  id: StackId ?? '',
  status: StackStatus ?? '',
  createdAt: CreationTime?.getTime() ?? 0,
  ...(StackStatusReason === undefined ? {} : { statusReason: StackStatusReason }),
  parameters: Object.fromEntries(
    Parameters.map(({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue]),
  ),
  tags: Object.fromEntries(Tags.map(({ Key = '', Value = '' }) => [Key, Value])),
  outputs: Object.fromEntries(Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue])),
});
