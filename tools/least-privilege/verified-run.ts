import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LATEST_KEY } from '../../source/domain/backup/manifest.ts';
import { endOf } from '../chaos/executions.ts';
import { startExecution } from '../demo/executions.ts';
import { SECONDARY, steps, type Launched } from './solution.ts';

/** The run whose snapshot the backup Region holds: the last one, once VerifyWorkflow has looked at it there. */
export async function verifiedRun({ cloud, outputs }: Launched): Promise<string> {
  const sfn = steps(cloud, SECONDARY);
  const verified = await endOf(sfn, await startExecution(sfn, outputs['SecondaryVerifyWorkflowArn'] ?? '', {}));
  if (verified.status !== 'SUCCEEDED')
    throw new Error(
      `The verification in ${SECONDARY} ended as ${verified.status}: ${verified.error}: ${verified.cause}`,
    );
  const { id, type } = LATEST_KEY;
  const { Item } = await new DynamoDBClient(cloud.clientConfig(SECONDARY)).send(
    new GetItemCommand({ TableName: outputs['BackupTableName'], Key: { id: { S: id }, type: { S: type } } }),
  );
  const runId = Item?.['runId']?.S;
  if (runId === undefined) throw new Error('The table in the backup Region names no last sealed run.');
  return runId;
}
