import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';

type Logger = NonNullable<DynamoDBClientConfig['logger']>;

/**
 * Hears nothing. Where a logger has `info`, even the SDK's own silent one, the SDK first copies the input and the output of
 * every call for it: a quarter of the processor time that a page of a table took.
 */
export const NO_CLIENT_LOG = { trace: ignore, debug: ignore, warn: ignore } as unknown as Logger;

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
  logger: NO_CLIENT_LOG,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: impatient ? 5_000 : 30_000, throwOnRequestTimeout: true },
  ...(region === undefined ? {} : { region }),
});

function ignore(): void {}
