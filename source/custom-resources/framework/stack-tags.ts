/** The tags of the main stack, for what CloudFormation does not make itself and therefore does not tag. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { clientOptions } from '../../adapters/client-options.ts';

/** Keys that begin so are AWS's own: nobody else may write them. */
const AWS_OWN = /^aws:/i;

/** Tags by their keys. */
export type StackTags = Readonly<Record<string, string>>;
/** Reads the tags of a stack as they are now; rejects when it may not. */
export type ReadStackTags = (stackId: string) => Promise<StackTags>;

/** ReadStackTags on CloudFormation, in the function's own Region. */
export const stackTagsOnAws =
  (userAgent: string): ReadStackTags =>
  async (stackId) => {
    const { Stacks = [] } = await new CloudFormationClient(clientOptions({ userAgent })).send(
      new DescribeStacksCommand({ StackName: stackId }),
    );
    return Object.fromEntries(
      (Stacks[0]?.Tags ?? []).flatMap(({ Key = '', Value = '' }) => (AWS_OWN.test(Key) ? [] : [[Key, Value]])),
    );
  };
