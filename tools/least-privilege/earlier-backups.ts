import { BatchWriteItemCommand, CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { endOf } from '../chaos/executions.ts';
import { startExecution } from '../demo/executions.ts';
import { SECONDARY, STACK_NAME, steps, type Launched } from './solution.ts';

/** The run whose snapshot the backup Region holds: the last one, once VerifyWorkflow has looked at it there. */
export async function verifiedRun({ cloud, outputs }: Launched): Promise<string> {
  const sfn = steps(cloud, SECONDARY);
  const verified = await endOf(sfn, await startExecution(sfn, outputs['SecondaryVerifyWorkflowArn'] ?? '', {}));
  if (verified.status !== 'SUCCEEDED') throw new Error(`The verification in ${SECONDARY} ended as ${verified.status}: ${verified.error}: ${verified.cause}`);
  const { Items = [] } = await new DynamoDBClient(cloud.clientConfig(SECONDARY)).send(new ScanCommand({ TableName: outputs['BackupTableName'], ConsistentRead: true }));
  const latest = Items.find(({ id }) => id?.S === 'EXPORT#LATEST');
  const runId = latest?.['runId']?.S;
  if (runId === undefined) throw new Error('The table in the backup Region names no last sealed run.');
  return runId;
}

/** A copy of the table as an earlier launch would have left it: under a name of its own that begins as the role allows. */
export async function copyOfTable({ cloud, outputs }: Launched): Promise<string> {
  const client = new DynamoDBClient(cloud.clientConfig(SECONDARY));
  const TableName = `${STACK_NAME}-BackupTable-EARLIER`;
  const created = await client.send(new CreateTableCommand({
    TableName, BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'type', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }, { AttributeName: 'type', KeyType: 'RANGE' }],
  })).catch((error: unknown) => { if ((error as Error).name !== 'ResourceInUseException') throw error; });
  if (created === undefined) return TableName;
  const { Items = [] } = await client.send(new ScanCommand({ TableName: outputs['BackupTableName'], ConsistentRead: true }));
  for (let first = 0; first < Items.length; first += 25) {
    await client.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: Items.slice(first, first + 25).map((Item) => ({ PutRequest: { Item } })) } }));
  }
  return TableName;
}
