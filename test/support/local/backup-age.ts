import { DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect } from 'chai';
import { PRIMARY } from '../../../tools/deploy/regions.ts';
import type { Region } from '../../../tools/deploy/regions.ts';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';

type Cloud = Pick<LocalCloud, 'clientConfig'>;

/** Makes the last sealed run older by so many days, in both Regions. */
export async function backdateBackup({ clientConfig }: Cloud, TableName: string, days: number): Promise<void> {
  const table = new DynamoDBClient(clientConfig(PRIMARY));
  const latest = await table.send(
    new GetItemCommand({ TableName, Key: { id: { S: 'EXPORT#LATEST' }, type: { S: 'POINTER' } } }),
  );
  const Key = { id: { S: `EXPORT#${latest.Item?.runId?.S}` }, type: { S: 'MANIFEST' } };
  const { Item } = await table.send(new GetItemCommand({ TableName, Key }));
  const earlier = (time: string | undefined) => ({
    S: new Date(Date.parse(time ?? '') - days * 24 * 3_600_000).toISOString(),
  });
  await table.send(
    new UpdateItemCommand({
      TableName,
      Key,
      UpdateExpression: 'SET startedAt = :start, endedAt = :end',
      ExpressionAttributeValues: {
        ':start': earlier(Item?.startedAt?.S),
        ':end': earlier(Item?.endedAt?.S),
      },
    }),
  );
}

/** The hourly look of a Region, now. */
export async function lookAtBackup({ clientConfig }: Cloud, region: Region): Promise<void> {
  const lambda = new LambdaClient(clientConfig(region));
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand({}));
  const name = Functions.find(({ FunctionName }) => FunctionName?.includes('WatchBackup') === true)?.FunctionName;
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: name, Payload: '{}' }));
  expect(FunctionError, `WatchBackup in ${region}`).to.equal(undefined);
}
