import type { AwsRequest, AwsResponse, Next } from './types.ts';

/** MiniStack's answer to a caller who may not do this; undefined for one who may. */
export async function refusedByIam(request: AwsRequest, next: Next): Promise<AwsResponse | undefined> {
  const headers = { ...request.headers, 'x-local-cloud-authorize-only': 'yes' };
  const authorized = await next({ ...request, headers });
  return authorized.status === 200 ? undefined : authorized;
}
