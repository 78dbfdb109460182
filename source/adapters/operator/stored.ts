import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BackupTable, ObjectStore } from '../../domain/ports.ts';
import { fromAttributeValues } from '../item-codec.ts';
import { objectPutter } from '../object-puts.ts';
import { keysBelow, objectPieces, rangeOfObject, wholeObject } from '../object-reads.ts';

const asItIs = (error: unknown): unknown => error;

/** Reads a mapping-file bucket with the operator's own permissions; errors are the SDK's. */
export const bucketReader = (
  client: S3Client,
  bucket: string,
): Pick<ObjectStore, 'get' | 'list' | 'read' | 'readRange'> => ({
  get: (key) => wholeObject({ client, bucket, key }),
  read: (key) => objectPieces({ client, bucket, key }, asItIs),
  readRange: (key, from, bytes) => rangeOfObject({ client, bucket, key }, from, bytes),
  list: (prefix) => keysBelow({ client, bucket }, prefix, asItIs),
});

/** Reads and writes objects of a mapping-file bucket with the operator's own permissions; with `owner` of that account's only. */
export const bucketWriter = (client: S3Client, bucket: string, owner?: string): Pick<ObjectStore, 'get' | 'put'> => ({
  get: (key) => wholeObject({ client, bucket, key }),
  put: objectPutter(client, { bucket, ...(owner === undefined ? {} : { owner }) }, asItIs),
});

/** Reads single items of the backup table in one Region; errors are the SDK's. */
export const tableReader = (client: DynamoDBClient, tableName: string): Pick<BackupTable, 'getItem'> => ({
  getItem: async ({ id, type }) => {
    const { Item } = await client.send(
      new GetItemCommand({ TableName: tableName, ConsistentRead: true, Key: { id: { S: id }, type: { S: type } } }),
    );
    return Item === undefined ? undefined : fromAttributeValues(Item);
  },
});
