import { InstalledCli } from './installed.ts';
import { instanceStack, machineArn, mainStack } from './stacks.ts';

/** Names of what a stack tells of drills, by the stack. */
const ARN = { OutputKey: 'DrillWorkflowArn', OutputValue: machineArn('DrillWorkflow', 'eu-west-1') };

/** Outputs of the main stack by which drills are found. */
export const DRILL_OUTPUTS: Readonly<Record<string, string>> = {
  PrimaryDrillWorkflowArn: machineArn('DrillWorkflow', 'us-east-1'),
  SecondaryDrillWorkflowArn: machineArn('DrillWorkflow', 'eu-west-1'),
};

/** A launch that can rehearse restores. */
export class DrillCli extends InstalledCli {
  constructor() {
    super();
    this.cloud.on('DescribeStacks', (_, region) => ({
      Stacks: region === 'us-east-1' ? [withOutputs(mainStack())] : region === 'eu-west-1' ? [ofBackupRegion()] : [],
    }));
  }
}

const withOutputs = (stack: ReturnType<typeof mainStack>): ReturnType<typeof mainStack> => ({
  ...stack,
  Outputs: [
    ...(stack.Outputs ?? []),
    ...Object.entries(DRILL_OUTPUTS).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
  ],
});

function ofBackupRegion(): ReturnType<typeof instanceStack> {
  const stack = instanceStack();
  return { ...stack, Outputs: [...(stack.Outputs ?? []), ARN] };
}
