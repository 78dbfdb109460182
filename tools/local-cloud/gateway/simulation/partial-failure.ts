import type { AwsRequest, AwsResponse, Next } from '../types.ts';

/** The same request with another body and a signature that fits it. */
export type WithBody = (request: AwsRequest, body: Buffer) => Promise<AwsRequest>;

type Json = Record<string, unknown>;

/** One kind of batch call: how to leave entries out, and how its answer says so. */
interface BatchCall {
  split(params: Json, share: number): { kept: Json; left: unknown } | undefined;
  report(answer: Json, left: unknown): Json;
}

/** Of `entries`, at least one and about `share` are left out: the last ones. */
function cut<T>(entries: readonly T[], share: number): { kept: T[]; left: T[] } {
  const count = Math.min(entries.length, Math.max(1, Math.round(entries.length * share)));
  return { kept: entries.slice(0, entries.length - count), left: entries.slice(entries.length - count) };
}

const sqsBatch: BatchCall = {
  split: (params, share) => {
    const { kept, left } = cut((params['Entries'] ?? []) as { Id: string }[], share);
    return { kept: { ...params, Entries: kept }, left };
  },
  report: (answer, left) => ({
    ...answer,
    Failed: [
      ...((answer['Failed'] ?? []) as unknown[]),
      ...(left as { Id: string }[]).map(({ Id }) => ({
        Id,
        Code: 'InternalError',
        Message: 'Simulated failure',
        SenderFault: false,
      })),
    ],
  }),
};

/** `nested` gives and takes the list inside one table's request. */
function dynamoBatch(
  member: string,
  list: (table: unknown) => unknown[],
  withList: (table: unknown, entries: unknown[]) => unknown,
): BatchCall {
  return {
    split: (params, share) => {
      const tables = Object.entries((params['RequestItems'] ?? {}) as Json);
      const { kept, left } = cut(
        tables.flatMap(([name, table]) => list(table).map((entry) => ({ name, entry }))),
        share,
      );
      const collect = (entries: { name: string; entry: unknown }[]): Json =>
        Object.fromEntries(
          tables
            .map(
              ([name, table]) =>
                [
                  name,
                  withList(
                    table,
                    entries.filter((e) => e.name === name).map((e) => e.entry),
                  ),
                ] as const,
            )
            .filter(([, table]) => list(table).length > 0),
        );
      return { kept: { ...params, RequestItems: collect(kept) }, left: collect(left) };
    },
    report: (answer, left) => ({ ...answer, [member]: { ...(answer[member] as Json | undefined), ...(left as Json) } }),
  };
}

const BATCH_CALLS: Readonly<Record<string, BatchCall>> = {
  SendMessageBatch: sqsBatch,
  DeleteMessageBatch: sqsBatch,
  ChangeMessageVisibilityBatch: sqsBatch,
  BatchWriteItem: dynamoBatch(
    'UnprocessedItems',
    (table) => table as unknown[],
    (_table, entries) => entries,
  ),
  BatchGetItem: dynamoBatch(
    'UnprocessedKeys',
    (table) => ((table as Json)['Keys'] ?? []) as unknown[],
    (table, entries) => ({ ...(table as Json), Keys: entries }),
  ),
};

/**
 * Does only a part of a batch call and reports the rest the way AWS does, with HTTP 200: `UnprocessedItems` and
 * `UnprocessedKeys` of DynamoDB, `Failed` of SQS. Calls that know no partial failure are made whole.
 */
export async function partially(
  share: number,
  request: AwsRequest,
  next: Next,
  withBody: WithBody,
): Promise<AwsResponse> {
  const call = BATCH_CALLS[request.action];
  const split = call?.split(request.params, share);
  if (call === undefined || split === undefined) return next(request);
  const { kept, left } = split;
  const nothingKept = Object.keys(kept['RequestItems'] ?? kept['Entries'] ?? {}).length === 0;
  const response = nothingKept
    ? { status: 200, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from('{}') }
    : await next({ ...(await withBody(request, Buffer.from(JSON.stringify(kept)))), params: kept });
  if (response.status !== 200) return response;
  const body = Buffer.from(JSON.stringify(call.report(JSON.parse(response.body.toString('utf8')) as Json, left)));
  // DynamoDB answers carry a checksum that the SDK verifies.
  const headers = Object.fromEntries(
    Object.entries(response.headers).filter(([name]) => name !== 'x-amz-crc32' && name !== 'content-length'),
  );
  return { ...response, headers, body };
}
