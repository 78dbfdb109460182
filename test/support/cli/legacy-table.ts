import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { fromAttributeValues, toAttributeValues } from '../../../source/adapters/item-codec.ts';
import type { TableItem } from '../../../source/domain/ports.ts';
import { World } from '../world/world.ts';
import { awsError } from './fake-clients.ts';
import type { FakeClients } from './fake-clients.ts';

type Values = Record<string, AttributeValue>;

/** Lets the fake DynamoDB hold one table of these items, in which it scans a few at a time. */
export function holdTable(cloud: FakeClients, name: string, items: readonly TableItem[], pageItems = 5): void {
  const { table } = new World();
  table.pageItems = pageItems;
  for (const item of items) table.seed(item);
  const known = ({ TableName }: Readonly<Record<string, unknown>>): void => {
    if (TableName !== name) throw awsError('ResourceNotFoundException');
  };
  cloud
    .on('Query', (input) => {
      known(input);
      const [id] = Object.values(input['ExpressionAttributeValues'] as Values);
      return { Items: items.filter((item) => item.id === id?.S).map(toAttributeValues) };
    })
    .on('GetItem', (input) => {
      known(input);
      const { id, type } = fromAttributeValues(input['Key'] as Values);
      const found = items.find((item) => item.id === id && item.type === type);
      return found === undefined ? {} : { Item: toAttributeValues(found) };
    })
    .on('Scan', async (input) => {
      known(input);
      const { Segment, TotalSegments, ExclusiveStartKey } = input as {
        Segment: number;
        TotalSegments: number;
        ExclusiveStartKey?: Values;
      };
      const page = await table.scanPage({
        segment: Segment,
        totalSegments: TotalSegments,
        consistent: true,
        ...(ExclusiveStartKey === undefined ? {} : { start: fromAttributeValues(ExclusiveStartKey) }),
      });
      return {
        Items: page.items.map(toAttributeValues),
        ...(page.next === undefined ? {} : { LastEvaluatedKey: toAttributeValues({ ...page.next }) }),
      };
    });
}
