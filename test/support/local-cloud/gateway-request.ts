import type { AwsRequest, AwsResponse } from '../../../tools/local-cloud/gateway/types.ts';

/** A request as interceptors see it; give only what matters. */
export function aRequest(given: Partial<AwsRequest> & Pick<AwsRequest, 'service' | 'action'>): AwsRequest {
  return {
    region: 'us-east-1',
    account: '111122223333',
    accessKeyId: '111122223333',
    method: 'POST',
    url: new URL('http://gateway/'),
    headers: {},
    body: Buffer.alloc(0),
    params: {},
    receivedAt: 0,
    caller: undefined,
    ...given,
  };
}

export function anAnswer(body: object = {}, status = 200): AwsResponse {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(body)) };
}
