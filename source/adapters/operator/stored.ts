import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import type { BackupTable, ObjectStore } from '../../domain/ports.ts';
import { fromAttributeValues } from '../item-codec.ts';
import { objectPieces } from '../object-pieces.ts';
import { errorNameOf, isDenied } from '../service-errors.ts';

const isListed = async (client: S3Client, bucket: string, key: string): Promise<boolean> => {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: key, MaxKeys: 1 }));
  return Contents[0]?.Key === key;
};

/** Reads a mapping-file bucket with the operator's own permissions; errors are the SDK's. */
export const bucketReader = (client: S3Client, bucket: string): Pick<ObjectStore, 'get' | 'list' | 'read'> => ({
  read: (key) => objectPieces({ client, bucket, key }, (error) => error),
  get: async (key) => {
    try {
      const { Body, ETag = '' } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return Body === undefined ? undefined : { body: await Body.transformToByteArray(), etag: ETag };
    } catch (error) {
      // S3 answers 403 instead of 404 to who may list some prefixes only; a listing tells which it is.
      if (errorNameOf(error) === 'NoSuchKey' || (isDenied(error) && !(await isListed(client, bucket, key))))
        return undefined;
      throw error;
    }
  },
  list: async function* list(prefix) {
    let token: string | undefined;
    do {
      const { Contents = [], NextContinuationToken } = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ContinuationToken: token }),
      );
      for (const { Key } of Contents) if (Key !== undefined) yield Key;
      token = NextContinuationToken;
    } while (token !== undefined);
  },
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
