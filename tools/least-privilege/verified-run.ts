import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { LATEST_KEY } from '../../source/domain/backup/manifest.ts';
import { stepFunctionsIn } from '../deploy/clients.ts';
import { execute, succeeded } from '../deploy/executions.ts';
import { SECONDARY } from '../deploy/regions.ts';
import type { LaunchedPool } from './solution.ts';

/** The run whose snapshot the backup Region holds: the last one, once VerifyWorkflow has looked at it there. */
export async function verifiedRun({ cloud, verifyWorkflow, tableName }: LaunchedPool): Promise<string> {
  succeeded(
    `The verification in ${SECONDARY}`,
    await execute(stepFunctionsIn(cloud, SECONDARY), verifyWorkflow[SECONDARY], {}),
  );
  const { id, type } = LATEST_KEY;
  const { Item } = await new DynamoDBClient(cloud.clientConfig(SECONDARY)).send(
    new GetItemCommand({ TableName: tableName, Key: { id: { S: id }, type: { S: type } } }),
  );
  const runId = Item?.['runId']?.S;
  if (runId === undefined) throw new Error('The table in the backup Region names no last sealed run.');
  return runId;
}
