import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse } from './types.ts';
import { toXml } from './xml.ts';
import type { XmlValue } from './xml.ts';

/** An error that AWS would answer with: its code, message and HTTP status (400 unless given). */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const QUERY_SERVICES = new Set(['cloudformation', 'iam', 'sts', 'sns', 'monitoring']);

/** The answer to a JSON-protocol request. */
export function jsonResponse(body: object, status = 200): AwsResponse {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() },
    body: Buffer.from(JSON.stringify(body)),
  };
}

/** The answer to a query-protocol request: the wrapped result of `action`. */
export function queryResponse(action: string, result: Record<string, XmlValue>, namespace: string): AwsResponse {
  const xml = toXml({
    [`${action}Response`]: {
      '@xmlns': namespace,
      [`${action}Result`]: result,
      ResponseMetadata: { RequestId: randomUUID() },
    },
  });
  return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(xml) };
}

/** The error in the protocol of the request that it answers. */
export function errorResponse(request: AwsRequest, error: AwsError): AwsResponse {
  const requestId = randomUUID();
  const fault = error.status < 500 ? 'Sender' : 'Receiver';
  if (request.service === 's3') {
    const xml = toXml({ Error: { Code: error.code, Message: error.message, RequestId: requestId } });
    return {
      status: error.status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': requestId },
      body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${xml}`),
    };
  }
  if (QUERY_SERVICES.has(request.service) && request.headers['x-amz-target'] === undefined) {
    const xml = toXml({
      ErrorResponse: { Error: { Type: fault, Code: error.code, Message: error.message }, RequestId: requestId },
    });
    return {
      status: error.status,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: Buffer.from(xml),
    };
  }
  const answer = jsonResponse({ __type: error.code, message: error.message }, error.status);
  return {
    ...answer,
    headers: { ...answer.headers, 'x-amzn-errortype': error.code, 'x-amzn-query-error': `${error.code};${fault}` },
  };
}
