import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ScanCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { AttributeValue, KeysAndAttributes, WriteRequest } from '@aws-sdk/client-dynamodb';
import { keyText } from '../domain/backup/items.ts';
import { forEachAtOnce } from '../domain/concurrency.ts';
import { Halt } from '../domain/errors.ts';
import type { BackupTable, ItemKey, TableItem } from '../domain/ports.ts';
import { inBatchesOf, untilProcessed } from './batches.ts';
import type { Waits } from './batches.ts';
import { clientOptions } from './client-options.ts';
import type { AdapterOptions } from './client-options.ts';
import { fromAttributeValues, toAttributeValues } from './item-codec.ts';
import { errorNameOf, serviceError } from './service-errors.ts';

/** The table in one Region; `clock` and `random` are replaced by tests only. */
export interface BackupTableOptions extends AdapterOptions, Waits {
  readonly tableName: string;
}

/** DynamoDB's largest batches. */
const READ_BATCH = 100;
const WRITE_BATCH = 25;
/** Batches under way at a time. */
const BATCHES_AT_A_TIME = 4;

const keyOf = ({ id, type }: ItemKey): Record<string, AttributeValue> => ({ id: { S: id }, type: { S: type } });
const toKey = (key: Record<string, AttributeValue>): ItemKey => ({ id: key.id?.S ?? '', type: key.type?.S ?? '' });

/** The backup table, or its replica in this Region; see BackupTable. */
export function backupTable({ tableName, clock, random, ...options }: BackupTableOptions): BackupTable {
  const client = new DynamoDBClient(clientOptions(options));
  const waits: Waits = { ...(clock === undefined ? {} : { clock }), ...(random === undefined ? {} : { random }) };

  const call = async <T>(action: string, run: () => Promise<T>): Promise<T> => {
    try {
      return await run();
    } catch (error) {
      if (errorNameOf(error) === 'ResourceNotFoundException') {
        throw new Halt(
          'BackupTableNotFound',
          `The table ${tableName} does not exist in this Region. Check BackupTableName, and that the table's replica is active.`,
        );
      }
      throw serviceError(`${action} on the table ${tableName}`, error);
    }
  };

  const write = (requests: readonly WriteRequest[]): Promise<void> =>
    forEachAtOnce(inBatchesOf(WRITE_BATCH, requests), BATCHES_AT_A_TIME, (batch) =>
      untilProcessed(
        `BatchWriteItem on the table ${tableName}`,
        batch,
        (pending) =>
          call('BatchWriteItem', async () => {
            const { UnprocessedItems } = await client.send(
              new BatchWriteItemCommand({ RequestItems: { [tableName]: [...pending] } }),
            );
            return UnprocessedItems?.[tableName] ?? [];
          }),
        waits,
      ),
    );

  /** BatchGetItem of distinct keys; `projection`: of some attributes only. */
  const read = async (
    keys: readonly ItemKey[],
    take: (item: Record<string, AttributeValue>) => void,
    projection: Pick<KeysAndAttributes, 'ProjectionExpression' | 'ExpressionAttributeNames'> = {},
  ): Promise<void> => {
    const distinct = [...new Map(keys.map((key) => [keyText(key), keyOf(key)])).values()];
    await forEachAtOnce(inBatchesOf(READ_BATCH, distinct), BATCHES_AT_A_TIME, (batch) =>
      untilProcessed(
        `BatchGetItem on the table ${tableName}`,
        batch,
        (pending) =>
          call('BatchGetItem', async () => {
            const request = { Keys: [...pending], ...projection };
            const { Responses, UnprocessedKeys } = await client.send(
              new BatchGetItemCommand({ RequestItems: { [tableName]: request } }),
            );
            for (const item of Responses?.[tableName] ?? []) take(item);
            return UnprocessedKeys?.[tableName]?.Keys ?? [];
          }),
        waits,
      ),
    );
  };

  return {
    contentHashes: async (keys) => {
      const found = new Map<string, string>();
      await read(keys, (item) => found.set(keyText(toKey(item)), item.contentHash?.S ?? ''), {
        ProjectionExpression: '#id, #type, #hash',
        ExpressionAttributeNames: { '#id': 'id', '#type': 'type', '#hash': 'contentHash' },
      });
      return found;
    },

    itemsOf: async (keys) => {
      const found = new Map<string, TableItem>();
      await read(keys, (item) => found.set(keyText(toKey(item)), fromAttributeValues(item)));
      return found;
    },

    putItems: (items) => write(items.map((item) => ({ PutRequest: { Item: toAttributeValues(item) } }))),

    deleteItems: (keys) => write(keys.map((key) => ({ DeleteRequest: { Key: keyOf(key) } }))),

    getItem: (key) =>
      call('GetItem', async () => {
        const { Item } = await client.send(
          new GetItemCommand({ TableName: tableName, Key: keyOf(key), ConsistentRead: true }),
        );
        return Item === undefined ? undefined : fromAttributeValues(Item);
      }),

    putItemIf: (item, condition) =>
      call('PutItem', async () => {
        const holds =
          condition === 'absent'
            ? { ConditionExpression: 'attribute_not_exists(#id)', ExpressionAttributeNames: { '#id': 'id' } }
            : equals(condition);
        try {
          await client.send(new PutItemCommand({ TableName: tableName, Item: toAttributeValues(item), ...holds }));
          return true;
        } catch (error) {
          if (errorNameOf(error) === 'ConditionalCheckFailedException') return false;
          throw error;
        }
      }),

    transact: (puts, deletes) =>
      call('TransactWriteItems', async () => {
        await client.send(
          new TransactWriteItemsCommand({
            TransactItems: [
              ...puts.map((item) => ({ Put: { TableName: tableName, Item: toAttributeValues(item) } })),
              ...deletes.map((key) => ({ Delete: { TableName: tableName, Key: keyOf(key) } })),
            ],
          }),
        );
      }),

    scanPage: ({ segment, totalSegments, start, consistent }) =>
      call('Scan', async () => {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new ScanCommand({
            TableName: tableName,
            Segment: segment,
            TotalSegments: totalSegments,
            ConsistentRead: consistent,
            ...(start === undefined ? {} : { ExclusiveStartKey: keyOf(start) }),
          }),
        );
        return {
          items: Items.map(fromAttributeValues),
          ...(LastEvaluatedKey === undefined ? {} : { next: toKey(LastEvaluatedKey) }),
        };
      }),
  };
}

const equals = ({ attribute, value }: { readonly attribute: string; readonly value: string }) => ({
  ConditionExpression: '#attribute = :value',
  ExpressionAttributeNames: { '#attribute': attribute },
  ExpressionAttributeValues: { ':value': { S: value } },
});
