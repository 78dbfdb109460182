/** What every adapter is told: the solution's user agent, and the Region where it is not the function's own. */
export interface AdapterOptions {
  readonly userAgent: string;
  readonly region?: string;
}

/**
 * Settings of every AWS client: without them a client waits for ever on a connection that died. Endpoints come from the
 * SDK's own variables (AWS_ENDPOINT_URL) only.
 */
export const clientOptions = ({ userAgent, region }: AdapterOptions) => ({
  customUserAgent: userAgent,
  maxAttempts: 8,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 30_000, throwOnRequestTimeout: true },
  ...(region === undefined ? {} : { region }),
});
