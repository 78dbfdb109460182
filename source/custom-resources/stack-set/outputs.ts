/** The attributes of StackSetCustomResource: outputs of the two instances, under names that tell the Region's part. */
import type { ResourceAttributes } from '../framework/types.ts';
import type { StackSets } from './stack-sets.ts';

/** What the resource answers, and what starts the first export. */
export interface Outputs {
  readonly attributes: ResourceAttributes;
  readonly exportWorkflowArn: string;
  /** Function name, in the primary Region. */
  readonly messageBroker: string;
}

/** Throws an Error that names the Region and what its instance lacks. */
export async function readOutputs(
  sets: StackSets,
  name: string,
  primaryRegion: string,
  secondaryRegion: string,
): Promise<Outputs> {
  const instances = await sets.instances(name);
  const of = async (region: string): Promise<(key: string) => string> => {
    const stackId = instances.find((instance) => instance.region === region)?.stackId;
    if (stackId === undefined)
      throw new Error(
        `StackSet ${name} has no stack in ${region} although its operation succeeded. Try the same operation again.`,
      );
    const values = await sets.outputs(region, stackId);
    return (key) => {
      const value = values[key];
      if (value === undefined) throw new Error(`The instance of StackSet ${name} in ${region} has no output ${key}.`);
      return value;
    };
  };
  const [primary, secondary] = await Promise.all([of(primaryRegion), of(secondaryRegion)]);
  const exportWorkflowArn = primary('ExportWorkflowArn');
  return {
    exportWorkflowArn,
    messageBroker: primary('MessageBrokerFunctionName'),
    attributes: {
      StackSetName: name,
      ExportWorkflowArn: exportWorkflowArn,
      PrimaryImportWorkflowArn: primary('ImportWorkflowArn'),
      SecondaryImportWorkflowArn: secondary('ImportWorkflowArn'),
      PrimaryVerifyWorkflowArn: primary('VerifyWorkflowArn'),
      SecondaryVerifyWorkflowArn: secondary('VerifyWorkflowArn'),
      PrimaryDrillWorkflowArn: primary('DrillWorkflowArn'),
      SecondaryDrillWorkflowArn: secondary('DrillWorkflowArn'),
      PrimaryTopicArn: primary('TopicArn'),
      SecondaryTopicArn: secondary('TopicArn'),
      PrimaryBucketName: primary('MappingFileBucketName'),
      SecondaryBucketName: secondary('MappingFileBucketName'),
    },
  };
}
