/** The function behind `main.yaml`'s custom resource: creates, updates and deletes a StackSet with its instances. */
import {
  CloudFormationClient,
  CreateStackInstancesCommand,
  CreateStackSetCommand,
  DeleteStackInstancesCommand,
  DeleteStackSetCommand,
  DescribeStackSetOperationCommand,
  UpdateStackSetCommand,
} from '@aws-sdk/client-cloudformation';

interface Event {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResponseURL: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResourceProperties: {
    readonly StackSetName: string;
    readonly AdministrationRoleArn: string;
    readonly ExecutionRoleName: string;
    readonly TemplateUrl: string;
    readonly Message: string;
    readonly PrimaryRegion: string;
    readonly Regions: string[];
  };
}

const client = new CloudFormationClient({});

export async function handler(event: Event): Promise<void> {
  let outcome: { Status: 'SUCCESS' | 'FAILED'; Reason?: string } = { Status: 'SUCCESS' };
  try {
    await change(event);
  } catch (error) {
    outcome = { Status: 'FAILED', Reason: String(error) };
  }
  const { StackId, RequestId, LogicalResourceId, ResourceProperties } = event;
  await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      ...outcome,
      StackId,
      RequestId,
      LogicalResourceId,
      PhysicalResourceId: ResourceProperties.StackSetName,
    }),
  });
}

async function change({ RequestType, StackId, ResourceProperties: properties }: Event): Promise<void> {
  const { StackSetName, Regions } = properties;
  const target = { StackSetName, Regions, Accounts: [StackId.split(':')[4] ?? ''] };
  const definition = {
    StackSetName,
    TemplateURL: properties.TemplateUrl,
    AdministrationRoleARN: properties.AdministrationRoleArn,
    ExecutionRoleName: properties.ExecutionRoleName,
    Parameters: [
      { ParameterKey: 'Message', ParameterValue: properties.Message },
      { ParameterKey: 'PrimaryRegion', ParameterValue: properties.PrimaryRegion },
    ],
  };
  if (RequestType === 'Create') {
    await client.send(new CreateStackSetCommand(definition));
    await ended(StackSetName, (await client.send(new CreateStackInstancesCommand(target))).OperationId);
  } else if (RequestType === 'Update') {
    await ended(StackSetName, (await client.send(new UpdateStackSetCommand(definition))).OperationId);
  } else {
    await ended(
      StackSetName,
      (await client.send(new DeleteStackInstancesCommand({ ...target, RetainStacks: false }))).OperationId,
    );
    await client.send(new DeleteStackSetCommand({ StackSetName }));
  }
}

async function ended(StackSetName: string, OperationId: string | undefined): Promise<void> {
  for (;;) {
    const { StackSetOperation } = await client.send(
      new DescribeStackSetOperationCommand({ StackSetName, OperationId }),
    );
    const status = StackSetOperation?.Status;
    if (status === 'SUCCEEDED') return;
    if (status !== 'RUNNING') throw new Error(`The operation ended in ${String(status)}.`);
    await new Promise((resolve) => {
      setTimeout(resolve, 200);
    });
  }
}
