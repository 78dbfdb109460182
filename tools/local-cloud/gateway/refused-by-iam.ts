import type { AwsRequest, AwsResponse, Next } from './types.ts';

/**
 * MiniStack's answer to a caller who may not do this; undefined for one who may.
 * @param role ARN of a role that the request passes, which takes iam:PassRole; anything else passes none
 */
export async function refusedByIam(request: AwsRequest, next: Next, role?: unknown): Promise<AwsResponse | undefined> {
  const headers = {
    ...request.headers,
    'x-local-cloud-authorize-only': 'yes',
    ...(typeof role === 'string' ? { 'x-local-cloud-pass-role': role } : {}),
  };
  const authorized = await next({ ...request, headers });
  return authorized.status === 200 ? undefined : authorized;
}
