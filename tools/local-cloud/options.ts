import type { SimulationConfig } from './gateway/simulation/config.ts';

/** How a local cloud is started. Everything is optional; the defaults are what tests and the demo use. */
export interface LocalCloudOptions {
  /** Port of the gateway on the loopback interface; 0 (default) takes a free one. */
  readonly port?: number;
  /** Evaluate IAM policies (MiniStack's AUTH). Default true. */
  readonly iam?: boolean;
  /** 12-digit account id. Default 111122223333. */
  readonly account?: string;
  /** Region of requests that name none. Default us-east-1. */
  readonly defaultRegion?: string;
  /** Factor on the Wait states and retry intervals of Step Functions. Default 1. */
  readonly waitScale?: number;
  /** Folder for logs and state, created when absent. Default: a new one under .local-cloud/, removed by stop(). */
  readonly stateFolder?: string;
  /** Keep the state folder after stop(). Default: only when it was given. */
  readonly keepState?: boolean;
  /** Quotas, latencies and faults from the start; all off by default. */
  readonly simulation?: Partial<SimulationConfig>;
  /** MiniStack's log level. Default WARNING. */
  readonly logLevel?: 'DEBUG' | 'INFO' | 'WARNING';
}

export const DEFAULT_ACCOUNT = '111122223333';
export const DEFAULT_REGION = 'us-east-1';
/** MiniStack verifies no signature of the account's root; any client works that uses this pair of account id and secret. */
export const SECRET_ACCESS_KEY = 'local-cloud';
