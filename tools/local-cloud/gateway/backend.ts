import { AwsError } from './aws-error.ts';
import { readErrorCode } from './call-log.ts';
import type { Forward } from './forward.ts';
import { signedHeaders } from './sigv4.ts';
import type { AwsCredentials, AwsResponse, Backend } from './types.ts';

const JSON_1_0 = new Set(['dynamodb', 'sqs', 'states']);

/**
 * The gateway's own way to MiniStack: past the interceptors, so such calls are neither logged nor slowed down nor failed.
 *
 * @param administrator used where a call gives no credentials
 */
export function backendOver(forward: Forward, host: string, administrator: AwsCredentials): Backend {
  const raw: Backend['raw'] = async (
    service,
    region,
    method,
    pathAndQuery,
    headers,
    body,
    credentials = administrator,
  ) => {
    const unsigned = { method, pathAndQuery, headers: { ...headers, host }, body };
    return forward({ ...unsigned, headers: await signedHeaders(unsigned, service, region, credentials, new Date()) });
  };
  return {
    raw,
    json: async (service, target, region, params, credentials) => {
      const headers = {
        'content-type': `application/x-amz-json-${JSON_1_0.has(service) ? '1.0' : '1.1'}`,
        'x-amz-target': target,
      };
      const response = await raw(
        service,
        region,
        'POST',
        '/',
        headers,
        Buffer.from(JSON.stringify(params)),
        credentials,
      );
      refuse(response);
      return response.body.length === 0 ? {} : (JSON.parse(response.body.toString('utf8')) as Record<string, unknown>);
    },
    query: async (service, action, region, params, credentials) => {
      const form = new URLSearchParams({ Action: action, ...params }).toString();
      const response = await raw(
        service,
        region,
        'POST',
        '/',
        { 'content-type': 'application/x-www-form-urlencoded' },
        Buffer.from(form),
        credentials,
      );
      refuse(response);
      return response.body.toString('utf8');
    },
  };
}

function refuse(response: AwsResponse): void {
  if (response.status < 400) return;
  const text = response.body.toString('utf8');
  const message =
    /"[mM]essage"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ??
    /<Message>([^<]*)<\/Message>/.exec(text)?.[1] ??
    text.slice(0, 500);
  throw new AwsError(readErrorCode(response) ?? `Http${response.status}`, message, response.status);
}
