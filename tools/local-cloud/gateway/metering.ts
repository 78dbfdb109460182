import type { AwsRequest, AwsResponse } from './types.ts';

/** What a DynamoDB call would be billed as ("Read/write capacity", DynamoDB Developer Guide). */
export interface Metered {
  /** Items written or deleted, or keys read. */
  readonly items?: number;
  readonly writeUnits?: number;
  readonly readUnits?: number;
}

type Value = Readonly<Record<string, unknown>>;
type Item = Readonly<Record<string, Value>>;
interface WriteRequest {
  readonly PutRequest?: { readonly Item: Item };
  readonly DeleteRequest?: object;
}

const NOTHING: Metered = {};
const kilobytes = (item: Item): number => Math.max(1, Math.ceil(wireItemBytes(item) / 1024));

/** Reads the size of items from the request, of a Scan from its answer; other calls and refused ones cost nothing. */
export function metered({ service, action, params }: AwsRequest, response: AwsResponse | undefined): Metered {
  if (service !== 'dynamodb' || response?.status !== 200) return NOTHING;
  switch (action) {
    case 'PutItem':
      return { items: 1, writeUnits: kilobytes((params['Item'] ?? {}) as Item) };
    case 'DeleteItem':
    case 'UpdateItem':
      return { items: 1, writeUnits: 1 };
    case 'BatchWriteItem':
      return written(listsOf<WriteRequest>(params), 1);
    case 'TransactWriteItems':
      return written(
        (params['TransactItems'] as { Put?: { Item: Item } }[]).map(({ Put }) =>
          Put === undefined ? {} : { PutRequest: Put },
        ),
        2,
      );
    case 'GetItem':
      return { items: 1, readUnits: params['ConsistentRead'] === true ? 1 : 0.5 };
    case 'BatchGetItem': {
      const keys = Object.values((params['RequestItems'] ?? {}) as Record<string, { Keys: unknown[] }>).reduce(
        (sum, { Keys }) => sum + Keys.length,
        0,
      );
      return { items: keys, readUnits: keys / 2 };
    }
    case 'Scan':
      return scanned(response, params['ConsistentRead'] === true);
    default:
      return NOTHING;
  }
}

const listsOf = <T>(params: Readonly<Record<string, unknown>>): T[] =>
  Object.values((params['RequestItems'] ?? {}) as Record<string, T[]>).flat();

const written = (requests: readonly WriteRequest[], factor: number): Metered => ({
  items: requests.length,
  writeUnits:
    requests.reduce((sum, { PutRequest }) => sum + (PutRequest === undefined ? 1 : kilobytes(PutRequest.Item)), 0) *
    factor,
});

function scanned({ body }: AwsResponse, consistent: boolean): Metered {
  const { Items = [] } = JSON.parse(body.toString('utf8')) as { readonly Items?: readonly Item[] };
  const bytes = Items.reduce((sum, item) => sum + wireItemBytes(item), 0);
  return { items: Items.length, readUnits: Math.max(1, Math.ceil(bytes / 4096)) / (consistent ? 1 : 2) };
}

/** "Item sizes and formats", DynamoDB Developer Guide. */
const wireItemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: Value): number {
  const [[kind, content] = ['NULL', true]] = Object.entries(value);
  if (kind === 'S') return Buffer.byteLength(content as string);
  if (kind === 'N') return Math.ceil((content as string).length / 2) + 1;
  if (kind === 'M') return 3 + Object.keys(content as Item).length + wireItemBytes(content as Item);
  if (kind === 'L') return 3 + (content as Value[]).reduce((sum, entry) => sum + 1 + valueBytes(entry), 0);
  return 1;
}
