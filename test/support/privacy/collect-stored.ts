import { gunzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { DynamoDBDocumentClient, paginateScan } from '@aws-sdk/lib-dynamodb';
import type { LocalCloud } from '../../../tools/local-cloud/index.ts';
import type { Place } from './search.ts';

/**
 * What a Region's backup table and buckets hold: every item and the content of every object, unpacked. Personal data may be
 * there; secrets of clients and providers may not.
 */
export async function collectStored(
  cloud: LocalCloud,
  region: string,
  { table, buckets }: { readonly table: string; readonly buckets: readonly string[] },
): Promise<Place[]> {
  const config = cloud.clientConfig(region);
  const places: Place[] = [];
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(config));
  for await (const { Items = [] } of paginateScan({ client }, { TableName: table }))
    for (const item of Items)
      places.push({ where: `item ${String(item['type'])} in ${region}`, text: JSON.stringify(item) });
  const s3 = new S3Client(config);
  for (const Bucket of buckets) {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }));
    for (const { Key } of Contents) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      places.push({ where: `content of ${Key ?? ''} in ${Bucket}`, text: textOf(await Body?.transformToByteArray()) });
    }
  }
  return places;
}

const GZIP = [0x1f, 0x8b];

function textOf(body: Uint8Array = new Uint8Array()): string {
  const isPacked = GZIP.every((byte, index) => body[index] === byte);
  return Buffer.from(isPacked ? gunzipSync(body) : body).toString('utf8');
}
