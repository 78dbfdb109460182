import type { AwsRequest, AwsResponse, Interceptor, Next } from './types.ts';

/** Runs interceptors in order, the last one's `next` being `end`. */
export function chainOf(interceptors: readonly Interceptor[], end: Next): Next {
  return interceptors.reduceRight<Next>(
    (next, interceptor) =>
      (request: AwsRequest): Promise<AwsResponse> =>
        interceptor(request, next),
    end,
  );
}
