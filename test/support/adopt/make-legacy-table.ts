import {
  BatchWriteItemCommand,
  CreateTableCommand,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { toAttributeValues } from '../../../source/adapters/item-codec.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import type { ClientConfigOf } from '../../../tools/deploy/clients.ts';

const BATCH = 25;

/** Makes a table as the template of version 1.x has it, with these items. */
export async function makeLegacyTable(
  config: ReturnType<ClientConfigOf>,
  name: string,
  items: readonly TableItem[],
): Promise<void> {
  const client = new DynamoDBClient(config);
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['id', 'type'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'type', KeyType: 'RANGE' },
      ],
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 60 }, { TableName: name });
  for (let at = 0; at < items.length; at += BATCH)
    await client.send(
      new BatchWriteItemCommand({
        RequestItems: {
          [name]: items.slice(at, at + BATCH).map((item) => ({ PutRequest: { Item: toAttributeValues(item) } })),
        },
      }),
    );
}
