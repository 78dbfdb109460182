import { randomUUID } from 'node:crypto';
import type { AwsResponse } from '../types.ts';

/** An AWS error that the gateway itself answers with, by the API's own error name. */
export class Refusal extends Error {
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.status = status;
  }
}

/** A successful answer of the JSON protocol. */
export function jsonAnswer(value: object): AwsResponse {
  return { status: 200, headers: jsonHeaders(), body: Buffer.from(JSON.stringify(value)) };
}

/** An error of the JSON protocol: `__type` names it. */
export function jsonError(refusal: Refusal): AwsResponse {
  const body = JSON.stringify({ __type: refusal.code, message: refusal.message });
  return { status: refusal.status, headers: { ...jsonHeaders(), 'x-amzn-errortype': refusal.code }, body: Buffer.from(body) };
}

/** An error of S3: XML. */
export function s3Error(code: string, message: string, status: number): AwsResponse {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, headers: { 'content-type': 'application/xml', 'x-amz-request-id': randomUUID() }, body: Buffer.from(body) };
}

/** The error name in an answer of the JSON protocol, or undefined. */
export function errorNameOf(response: AwsResponse): string | undefined {
  if (response.status < 400) return undefined;
  try {
    const body = JSON.parse(response.body.toString('utf8')) as { __type?: unknown };
    return typeof body.__type === 'string' ? body.__type.split('#').pop() : undefined;
  } catch {
    return undefined;
  }
}

function jsonHeaders(): Record<string, string> {
  return { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() };
}
