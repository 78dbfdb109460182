import { expect } from 'chai';
import type { TableItem } from '../../../source/domain/ports.ts';
import { backupTable } from '../../../source/adapters/backup-table.ts';
import { fromAttributeValues, toAttributeValues } from '../../../source/adapters/item-codec.ts';
import { AwsStub, refusal } from '../../support/aws-stub.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../support/rejection.ts';

const item = (n: number): TableItem => ({ id: `USER#${n}`, type: 'PROFILE', contentHash: `h${n}` });

describe('backupTable', () => {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());
  const table = () =>
    backupTable({ tableName: 'T', userAgent: 'solution/v1', clock: new FakeClock(), random: () => 0.5 });
  const requestsOf = (entry: { json: Record<string, unknown> }): unknown[] =>
    (entry.json.RequestItems as { T: unknown[] }).T;

  it('reads hashes in hundreds, follows what was not processed, and asks for no key twice', async () => {
    let calls = 0;
    stub.answer = ({ json }) => {
      calls += 1;
      const { Keys } = (json.RequestItems as { T: { Keys: { id: { S: string }; type: { S: string } }[] } }).T;
      const answered = calls === 1 ? Keys.slice(0, 60) : Keys;
      return {
        body: {
          Responses: { T: answered.map((key) => ({ ...key, contentHash: { S: `hash of ${key.id.S}` } })) },
          ...(calls === 1 ? { UnprocessedKeys: { T: { Keys: Keys.slice(60) } } } : {}),
        },
      };
    };
    const keys = Array.from({ length: 250 }, (_, n) => ({ id: `USER#${n}`, type: 'PROFILE' }));
    const hashes = await table().contentHashes([...keys, keys[0] as TableItem]);
    expect(hashes.size).to.equal(250);
    expect(hashes.get('USER#7\u0000PROFILE')).to.equal('hash of USER#7');
    expect(stub.requests).to.have.length(4);
  });

  it('reads whole items in hundreds, follows what was not processed, and leaves out what is not there', async () => {
    let calls = 0;
    stub.answer = ({ json }) => {
      calls += 1;
      const { Keys, ProjectionExpression } = (
        json.RequestItems as { T: { Keys: { id: { S: string } }[]; ProjectionExpression?: string } }
      ).T;
      expect(ProjectionExpression).to.equal(undefined);
      const there = Keys.filter(({ id }) => id.S !== 'USER#3').map((key) => ({ ...key, enabled: { BOOL: true } }));
      return {
        body: {
          Responses: { T: calls === 1 ? there.slice(0, 10) : there },
          ...(calls === 1
            ? { UnprocessedKeys: { T: { Keys: there.slice(10).map(({ enabled: _, ...key }) => key) } } }
            : {}),
        },
      };
    };
    const keys = Array.from({ length: 130 }, (_, n) => ({ id: `USER#${n}`, type: 'PROFILE' }));
    const items = await table().itemsOf([...keys, keys[0] as TableItem]);
    expect(items.size).to.equal(129);
    expect({ ...items.get('USER#7\u0000PROFILE') }).to.deep.equal({ id: 'USER#7', type: 'PROFILE', enabled: true });
    expect(stub.requests).to.have.length(3);
  });

  it('writes in 25s and repeats what was not processed', async () => {
    let first = true;
    stub.answer = (request) => {
      const rest = first ? requestsOf(request).slice(20) : [];
      first = false;
      return { body: rest.length > 0 ? { UnprocessedItems: { T: rest } } : {} };
    };
    await table().putItems(Array.from({ length: 60 }, (_, n) => item(n)));
    const sent = stub.requests.map((request) => requestsOf(request).length).sort((a, b) => a - b);
    expect(sent).to.deep.equal([5, 10, 25, 25]);
  });

  it('gives up with the remaining count when nothing moves any more', async () => {
    stub.answer = (request) => ({ body: { UnprocessedItems: { T: requestsOf(request) } } });
    const error = await rejection(table().deleteItems([item(1), item(2)]));
    expect(error).to.include({ name: 'Unprocessed' });
    expect(error.message).to.include('2 of 2');
  });

  it('writes on conditions', async () => {
    expect(await table().putItemIf(item(1), 'absent')).to.equal(true);
    expect(stub.requests[0]?.json.ConditionExpression).to.equal('attribute_not_exists(#id)');
    stub.answer = () => refusal('ConditionalCheckFailedException');
    expect(await table().putItemIf(item(1), { attribute: 'executionArn', value: 'a' })).to.equal(false);
    expect(stub.requests[1]?.json).to.deep.include({
      ExpressionAttributeNames: { '#attribute': 'executionArn' },
      ExpressionAttributeValues: { ':value': { S: 'a' } },
    });
  });

  it('reads consistently, scans segments and writes transactions', async () => {
    stub.answer = ({ action }) => ({
      body:
        action === 'Scan'
          ? { Items: [toAttributeValues(item(1))], LastEvaluatedKey: { id: { S: 'a' }, type: { S: 'b' } } }
          : {},
    });
    expect(await table().getItem(item(1))).to.equal(undefined);
    expect(stub.requests[0]?.json).to.include({ ConsistentRead: true });
    const page = await table().scanPage({
      segment: 1,
      totalSegments: 4,
      consistent: true,
      start: { id: 'x', type: 'y' },
    });
    expect(page.next).to.deep.equal({ id: 'a', type: 'b' });
    expect({ ...page.items[0] }).to.deep.equal(item(1));
    expect(stub.requests[1]?.json).to.deep.include({
      Segment: 1,
      TotalSegments: 4,
      ConsistentRead: true,
      ExclusiveStartKey: { id: { S: 'x' }, type: { S: 'y' } },
    });
    await table().transact([item(1)], [item(2)]);
    expect(stub.requests[2]?.json.TransactItems).to.have.length(2);
  });

  it('says which table does not exist and which call is not allowed', async () => {
    stub.answer = () => refusal('ResourceNotFoundException');
    expect(await rejection(table().getItem(item(1)))).to.include({ name: 'BackupTableNotFound' });
    stub.answer = () => refusal('AccessDeniedException', 'User: canary is not authorized');
    const error = await rejection(table().getItem(item(1)));
    expect(error).to.include({ name: 'AccessDenied' });
    expect(error.message).to.include('GetItem on the table T').and.not.to.include('canary');
  });
});

describe('item codec', () => {
  it('carries every kind of value, empty text and names such as __proto__ unchanged', () => {
    const attributes = JSON.parse('{"__proto__":"x","constructor":"","custom:n":"1"}') as Record<string, string>;
    const original = {
      id: 'a',
      type: 'b',
      n: 12.5,
      yes: true,
      nothing: null,
      list: ['a', 1, { deep: [] }],
      attributes,
    };
    const decoded = fromAttributeValues(
      JSON.parse(JSON.stringify(toAttributeValues(original))) as ReturnType<typeof toAttributeValues>,
    );
    expect(JSON.stringify(decoded)).to.equal(JSON.stringify(original));
    expect(Object.keys(decoded.attributes as object)).to.include('__proto__');
  });

  it('leaves undefined members out and refuses what an item cannot hold', () => {
    expect(Object.keys(toAttributeValues({ a: undefined, b: 1 }))).to.deep.equal(['b']);
    expect(() => toAttributeValues({ a: Number.NaN })).to.throw(TypeError);
  });
});
