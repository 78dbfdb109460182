import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { stackOperation } from '../../deploy/solution.ts';
import { createStack, failuresOf } from '../../deploy/stack.ts';
import { DemoFailure, PRIMARY, SECONDARY, type Demo, type Launched } from '../context.ts';

/** Launches the main stack as the console would and waits for CREATE_COMPLETE. */
export async function launch(demo: Demo, poolId: string): Promise<Launched> {
  const { narrator, options, solution } = demo;
  narrator.step(`Launch the main stack in ${PRIMARY}, backup Region ${SECONDARY}`);
  let resources = 0;
  const onEvent = ({ LogicalResourceId, ResourceStatus }: StackEvent): void => {
    if (ResourceStatus === 'CREATE_COMPLETE') resources += 1;
    narrator.progress(`${resources} resources created, ${LogicalResourceId ?? ''} ${ResourceStatus ?? ''}`);
  };
  const operation = stackOperation(
    { ...solution, onEvent },
    {
      PrimaryUserPoolId: poolId,
      SecondaryRegion: SECONDARY,
      NotificationEmail: 'ops@example.com',
      CognitoTPS: String(options.cognitoTps) as '25',
      ExportFrequency: 'EVERY_DAY',
      SnsPreference: 'INFO_AND_ERRORS',
    },
  );
  narrator.say(operation.templateUrl);
  const outcome = await createStack(operation);
  if (outcome.status !== 'CREATE_COMPLETE')
    throw new DemoFailure(`The stack ended as ${outcome.status}:\n${failuresOf(outcome).join('\n')}`);
  narrator.say(
    `Outputs:\n${Object.entries(outcome.outputs)
      .map(([name, value]) => `  ${name} = ${value}`)
      .join('\n')}`,
  );
  narrator.done(`${outcome.status}, ${resources} resources of the main stack`);
  return launched(outcome.stackId, outcome.outputs);
}

function launched(stackId: string, outputs: Readonly<Record<string, string>>): Launched {
  const output = (name: string): string => {
    const value = outputs[name];
    if (value === undefined) throw new DemoFailure(`The stack has no output ${name}.`);
    return value;
  };
  return {
    stackId,
    tableName: output('BackupTableName'),
    exportWorkflow: output('ExportWorkflowArn'),
    secondaryImportWorkflow: output('SecondaryImportWorkflowArn'),
    verifyWorkflows: {
      [PRIMARY]: output('PrimaryVerifyWorkflowArn'),
      [SECONDARY]: output('SecondaryVerifyWorkflowArn'),
    },
    stackSetName: output('StackSetName'),
    buckets: { [PRIMARY]: output('PrimaryBucketName'), [SECONDARY]: output('SecondaryBucketName') },
  };
}
