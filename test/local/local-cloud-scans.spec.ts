import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  PutCommand,
  ScanCommand,
} from '@aws-sdk/lib-dynamodb';
import { expect } from 'chai';
import { startLocalCloud } from '../../tools/local-cloud/index.ts';
import type { LocalCloud } from '../../tools/local-cloud/index.ts';

const REGION = 'us-east-1';
const TableName = 'scanned';
const USERS = 600;
/** With two items of each user more than one page of 1 MB. */
const TEXT = 'x'.repeat(2_000);
const BATCH = 25;

describe('local cloud: tables are scanned as on AWS', function () {
  this.timeout(120_000);
  let cloud: LocalCloud;
  let table: DynamoDBDocumentClient;

  const nameOf = (index: number): string => `USER#${String(index).padStart(4, '0')}`;
  const itemsOf = (index: number): readonly { readonly id: string; readonly type: string; readonly text: string }[] =>
    ['GROUP#a', 'PROFILE'].map((type) => ({ id: nameOf(index), type, text: TEXT }));

  before(async () => {
    cloud = await startLocalCloud();
    table = DynamoDBDocumentClient.from(new DynamoDBClient(cloud.clientConfig(REGION)));
    await table.send(
      new CreateTableCommand({
        TableName,
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'type', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: ['id', 'type'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
      }),
    );
    const items = Array.from({ length: USERS }, (_, index) => itemsOf(index)).flat();
    for (let at = 0; at < items.length; at += BATCH)
      await table.send(
        new BatchWriteCommand({
          RequestItems: { [TableName]: items.slice(at, at + BATCH).map((Item) => ({ PutRequest: { Item } })) },
        }),
      );
  });
  after(() => cloud.stop());

  /** Keys, page by page; `between` is called after the first page. */
  async function scanned(asked: object, between?: () => Promise<void>): Promise<string[][]> {
    const pages: string[][] = [];
    let start: Record<string, unknown> | undefined;
    do {
      const page = await table.send(
        new ScanCommand({ TableName, ...asked, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
      );
      pages.push((page.Items ?? []).map(({ id, type }) => `${String(id)} ${String(type)}`));
      start = page.LastEvaluatedKey;
      if (pages.length === 1) await between?.();
    } while (start !== undefined);
    return pages;
  }
  const keysOf = (users: readonly number[]): string[] =>
    users.flatMap((index) => itemsOf(index).map(({ id, type }) => `${id} ${type}`)).sort();
  const everybody = Array.from({ length: USERS }, (_, index) => index);

  it('every item is on one page, whole or in segments, also where a page ends between two items of a user', async () => {
    const whole = await scanned({});
    expect(whole.length).to.be.above(2);
    expect(whole.flat().sort()).to.deep.equal(keysOf(everybody));
    for (const Limit of [undefined, 7]) {
      const segments = await Promise.all(
        [0, 1, 2].map((Segment) => scanned({ Segment, TotalSegments: 3, ...(Limit === undefined ? {} : { Limit }) })),
      );
      expect(segments.flat(2).sort()).to.deep.equal(keysOf(everybody));
      expect(segments.every((pages) => pages.flat().length > 0)).to.equal(true);
    }
  });

  it('what is written or deleted ahead of a scan is seen or not seen by its next page', async () => {
    const last = USERS - 1;
    const pages = await scanned({}, async () => {
      for (const { id, type } of itemsOf(last)) await table.send(new DeleteCommand({ TableName, Key: { id, type } }));
      await table.send(new PutCommand({ TableName, Item: { id: nameOf(USERS), type: 'PROFILE' } }));
    });
    expect(pages.flat().sort()).to.deep.equal([...keysOf(everybody.slice(0, -1)), `${nameOf(USERS)} PROFILE`].sort());
  });
});
