import type { CallerOf } from './callers.ts';
import { signedHeaders } from './sigv4.ts';
import type { AwsCredentials, AwsRequest } from './types.ts';

const OF_THE_OLD_SIGNATURE = new Set([
  'authorization',
  'x-amz-date',
  'x-amz-content-sha256',
  'x-amz-security-token',
  'content-length',
  'connection',
]);

/** Makes requests with another body, signed by the same caller: MiniStack verifies the signatures of role sessions. */
export function signAgain(
  callerOf: CallerOf,
  administrator: AwsCredentials,
): (request: AwsRequest, body: Buffer) => Promise<AwsRequest> {
  return async (request, body) => {
    const kept = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => !OF_THE_OLD_SIGNATURE.has(name)),
    );
    const credentials = (await callerOf(request.accessKeyId))?.credentials ?? {
      ...administrator,
      accessKeyId: request.accessKeyId ?? administrator.accessKeyId,
    };
    const pathAndQuery = request.url.pathname + request.url.search;
    return {
      ...request,
      body,
      headers: await signedHeaders(
        { method: request.method, pathAndQuery, headers: kept, body },
        request.service,
        request.region,
        credentials,
        new Date(),
      ),
    };
  };
}
