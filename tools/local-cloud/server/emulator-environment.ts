import { delimiter, dirname, join } from 'node:path';
import type { FunctionNode } from '../../../deployment/setup/function-node.ts';

/** What MiniStack is started with. */
export interface MiniStackOptions {
  /** Python of the virtual environment. */
  readonly python: string;
  /** What the functions run on. */
  readonly node: FunctionNode;
  readonly gatewayPort: number;
  readonly iam: boolean;
  readonly account: string;
  readonly defaultRegion: string;
  readonly waitScale: number;
  readonly stateFolder: string;
  readonly logLevel: string;
  readonly secretAccessKey: string;
}

/**
 * MiniStack's environment, which its Lambda workers inherit: nothing of the user's own, so that no profile, proxy or
 * NODE_OPTIONS of the machine changes what a function does. AWS_ENDPOINT_URL leads every SDK through the gateway.
 */
export function emulatorEnvironment(
  port: number,
  temporary: string,
  options: MiniStackOptions,
  { PATH, LOCAL_CLOUD_PERMISSIONS }: NodeJS.ProcessEnv = process.env,
): NodeJS.ProcessEnv {
  return {
    ...(LOCAL_CLOUD_PERMISSIONS === undefined ? {} : { LOCAL_CLOUD_PERMISSIONS }),
    PATH: [dirname(options.node.path), PATH ?? '/usr/bin:/bin'].join(delimiter),
    LOCAL_CLOUD_NODE: options.node.path,
    LOCAL_CLOUD_NODE_RUNTIME: `nodejs${options.node.version.split('.')[0]}.x`,
    HOME: temporary,
    TMPDIR: temporary,
    LANG: 'C.UTF-8',
    // As on Lambda: a function's log tells which of its invocations was the first of its process.
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    LOCAL_CLOUD_STATE: options.stateFolder,
    LOCAL_CLOUD_GATEWAY: `127.0.0.1:${options.gatewayPort}`,
    AWS_ENDPOINT_URL: `http://127.0.0.1:${options.gatewayPort}`,
    AWS_SECRET_ACCESS_KEY: options.secretAccessKey,
    MINISTACK_ACCOUNT_ID: options.account,
    MINISTACK_REGION: options.defaultRegion,
    AUTH: String(options.iam),
    SFN_WAIT_SCALE: String(options.waitScale),
    S3_DATA_DIR: join(temporary, 's3'),
    STATE_DIR: join(temporary, 'state'),
    LOG_LEVEL: options.logLevel,
  };
}
