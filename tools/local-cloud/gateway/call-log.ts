import { createWriteStream } from 'node:fs';
import { metered } from './metering.ts';
import type { Metered } from './metering.ts';
import type { AwsRequest, AwsResponse, Interceptor } from './types.ts';

/** One request as the call log keeps it. Never a user's data: no parameters but the pool's id, no path, no body. */
export interface CallRecord extends Metered {
  /** Position in the log, from 1. */
  readonly sequence: number;
  /** Arrival, milliseconds since 1970 with fractions (monotonic within a cloud). */
  readonly time: number;
  readonly service: string;
  readonly action: string;
  readonly region: string;
  readonly account: string;
  /** Function name or role session of a Lambda caller; absent for others. */
  readonly caller?: string;
  /** HTTP status; 0 when the connection was reset on purpose. */
  readonly status: number;
  readonly errorCode?: string;
  readonly latencyMs: number;
  readonly userPoolId?: string;
}

/** What a reader of the log may ask for; every given member must match. */
export interface CallFilter {
  readonly service?: string;
  readonly action?: string;
  readonly region?: string;
  readonly caller?: string;
  readonly userPoolId?: string;
  /** Only records with a greater sequence number. */
  readonly after?: number;
}

const KEPT_IN_MEMORY = 500_000;

/** Keeps the newest calls in memory and writes all of them to an NDJSON file. */
export class CallLog {
  private records: CallRecord[] = [];
  private sequence = 0;
  private readonly file;

  constructor(path: string | undefined) {
    this.file = path === undefined ? undefined : createWriteStream(path, { flags: 'a' });
  }

  add(record: Omit<CallRecord, 'sequence'>): void {
    const numbered = { sequence: ++this.sequence, ...record };
    this.records.push(numbered);
    if (this.records.length > KEPT_IN_MEMORY * 1.2) this.records = this.records.slice(-KEPT_IN_MEMORY);
    this.file?.write(`${JSON.stringify(numbered)}\n`);
  }

  find(filter: CallFilter): CallRecord[] {
    const { after = 0, ...equal } = filter;
    const wanted = Object.entries(equal);
    return this.records.filter(
      (record) =>
        record.sequence > after &&
        wanted.every(([key, value]) => value === undefined || record[key as keyof CallRecord] === value),
    );
  }

  close(): Promise<void> {
    return new Promise((resolve) => (this.file === undefined ? resolve() : this.file.end(resolve)));
  }
}

/** The first interceptor: records each request when its answer is ready. */
export function callLogInterceptor(log: CallLog, now: () => number): Interceptor {
  return async (request, next) => {
    let response: AwsResponse | undefined;
    try {
      response = await next(request);
      return response;
    } finally {
      log.add(toRecord(request, response, now()));
    }
  };
}

function toRecord(request: AwsRequest, response: AwsResponse | undefined, now: number): Omit<CallRecord, 'sequence'> {
  const errorCode = response === undefined ? 'ConnectionReset' : readErrorCode(response);
  const pool = request.service === 'cognito-idp' ? request.params['UserPoolId'] : undefined;
  return {
    time: request.receivedAt,
    service: request.service,
    action: request.action,
    region: request.region,
    account: request.account,
    ...(request.caller === undefined ? {} : { caller: request.caller }),
    status: response?.status ?? 0,
    ...(errorCode === undefined ? {} : { errorCode }),
    latencyMs: Math.round((now - request.receivedAt) * 10) / 10,
    ...(typeof pool === 'string' ? { userPoolId: pool } : {}),
    ...metered(request, response),
  };
}

/** The error code of an answer in any protocol: header, JSON `__type`, or XML `<Code>`. */
export function readErrorCode(response: AwsResponse): string | undefined {
  if (response.status < 400) return undefined;
  const header = response.headers['x-amzn-errortype'];
  if (header !== undefined) return header.split(':')[0];
  const text = response.body.subarray(0, 4096).toString('utf8');
  const found = /"(?:__type|code|Code)"\s*:\s*"([^"]+)"/.exec(text)?.[1] ?? /<Code>([^<]+)<\/Code>/.exec(text)?.[1];
  return found?.split('#').at(-1);
}
