/** What every adapter is told: the solution's user agent, and the Region where it is not the function's own. */
export interface AdapterOptions {
  readonly userAgent: string;
  readonly region?: string;
  /** For a look into a Region that may be down: it must not hold the work up. */
  readonly impatient?: boolean;
}

/**
 * Settings of every AWS client: without them a client waits for ever on a connection that died. Endpoints come from the
 * SDK's own variables (AWS_ENDPOINT_URL) only.
 */
export const clientOptions = ({ userAgent, region, impatient = false }: AdapterOptions) => ({
  customUserAgent: userAgent,
  maxAttempts: impatient ? 2 : 8,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: impatient ? 5_000 : 30_000, throwOnRequestTimeout: true },
  ...(region === undefined ? {} : { region }),
});
