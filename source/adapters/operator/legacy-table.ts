/** A table of the retired solution (1.x), read with the operator's own permissions; errors are the SDK's. */
import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LEGACY_TIME_ID, legacyExportIn } from '../../domain/adopt/legacy-item.ts';
import type { LegacyExport } from '../../domain/adopt/legacy-item.ts';
import { LATEST_KEY } from '../../domain/backup/manifest.ts';
import type { Pacer } from '../../domain/pacing/pacer.ts';
import type { BackupTable, Clock } from '../../domain/ports.ts';
import { fromAttributeValues } from '../item-codec.ts';
import { errorNameOf } from '../service-errors.ts';
import { tableReader } from './stored.ts';

/** What a table is: of the retired solution, with its last complete export; one of ours; or something else. */
export type FoundTable = { readonly last: LegacyExport } | 'ours' | 'other' | 'absent';

/** Looks for the item by which a 1.x table is told. */
export async function lookAtTable(client: DynamoDBClient, tableName: string): Promise<FoundTable> {
  try {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: tableName,
        ConsistentRead: true,
        KeyConditionExpression: '#id = :id',
        ExpressionAttributeNames: { '#id': 'id' },
        ExpressionAttributeValues: { ':id': { S: LEGACY_TIME_ID } },
      }),
    );
    const [last] = Items.flatMap((item) => legacyExportIn(fromAttributeValues(item)) ?? []).sort(
      (one, other) => other.exportedAt - one.exportedAt,
    );
    if (last !== undefined) return { last };
    return (await tableReader(client, tableName).getItem(LATEST_KEY)) === undefined ? 'other' : 'ours';
  } catch (error) {
    if (errorNameOf(error) === 'ResourceNotFoundException') return 'absent';
    // DynamoDB has no other word for a key of another name or type.
    if (errorNameOf(error) === 'ValidationException') return 'other';
    throw error;
  }
}

/** DynamoDB takes no more reads of this table now. */
const THROTTLED = ['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'];
const WAIT_MS = 2_000;
const MOST_WAITS = 30;

const keyIn = (key: Readonly<Record<string, AttributeValue>>): { readonly id: string; readonly type: string } => ({
  id: key.id?.S ?? '',
  type: key.type?.S ?? '',
});

/** Bytes are no text there: only tables of ours keep text in them (see toAttributeValues). */
function withoutBytes(value: AttributeValue): AttributeValue {
  if (value.B !== undefined) return { NULL: true };
  if (value.L !== undefined) return { L: value.L.map(withoutBytes) };
  return value.M === undefined ? value : { M: withoutBytesIn(value.M) };
}
const withoutBytesIn = (values: Readonly<Record<string, AttributeValue>>): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, withoutBytes(value)]));

/** Scans it page by page, each of 1 MB, no faster than the pacer allows; waits for a minute where the table has no room. */
export function legacyTable(
  client: DynamoDBClient,
  tableName: string,
  { pacer, clock }: { readonly pacer: Pacer; readonly clock: Clock },
): Pick<BackupTable, 'scanPage'> {
  const page = async (command: ScanCommand): ReturnType<BackupTable['scanPage']> => {
    await pacer.take();
    const { Items = [], LastEvaluatedKey } = await client.send(command);
    return {
      items: Items.map((item) => fromAttributeValues(withoutBytesIn(item))),
      ...(LastEvaluatedKey === undefined ? {} : { next: keyIn(LastEvaluatedKey) }),
    };
  };
  return {
    scanPage: async ({ segment, totalSegments, start, consistent }) => {
      const command = new ScanCommand({
        TableName: tableName,
        Segment: segment,
        TotalSegments: totalSegments,
        ConsistentRead: consistent,
        ...(start === undefined ? {} : { ExclusiveStartKey: { id: { S: start.id }, type: { S: start.type } } }),
      });
      for (let waits = 0; ; waits += 1)
        try {
          return await page(command);
        } catch (error) {
          if (!THROTTLED.includes(errorNameOf(error)) || waits >= MOST_WAITS) throw error;
          await clock.sleep(WAIT_MS);
        }
    },
  };
}
