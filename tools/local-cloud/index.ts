import { BACKGROUND_FOLDER, readRunning, startInBackground, stopRunning } from './server/background.ts';
import { startServer } from './server/start.ts';
import type { CloudServer } from './server/start.ts';
import type { CallFilter, CallRecord } from './gateway/call-log.ts';
import type { SimulationConfig } from './gateway/simulation/config.ts';
import type { FaultStrikes } from './gateway/simulation/simulation.ts';
import type { AwsCredentials } from './gateway/types.ts';
import { DEFAULT_ACCOUNT, SECRET_ACCESS_KEY } from './options.ts';
import type { LocalCloudOptions } from './options.ts';

export type { CallFilter, CallRecord } from './gateway/call-log.ts';
export type { FaultStrikes } from './gateway/simulation/simulation.ts';
export type { InjectedFault, FaultRule, LatencyRule, Matcher, SimulationConfig } from './gateway/simulation/config.ts';
export type { LocalCloudOptions } from './options.ts';

/** A message that SNS delivered, or would have delivered, to the subscribers of a topic. */
export interface SnsMessage {
  readonly kind: 'sns';
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly topicArn: string;
  readonly subject: string;
  readonly message: string;
  readonly subscribers: ReadonlyArray<{
    readonly protocol: string;
    readonly endpoint: string;
    readonly confirmed: boolean;
  }>;
}

/** A message that Cognito sent to a user of a pool (none may ever be sent); its text is not kept. */
export interface EndUserMessage {
  readonly kind: 'end-user';
  readonly time: number;
  readonly type: string;
  readonly userPoolId: string;
}

/** A user as `putUsers` makes it: also of a status that only a sign-up or a federated sign-in gives. */
export interface PutUser {
  readonly username: string;
  /** Without `sub`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly status: string;
  readonly enabled?: boolean;
  /** Milliseconds since the epoch; absent: now. */
  readonly created?: number;
  /** Names of groups that exist. */
  readonly groups?: readonly string[];
}

/** What an AWS SDK client takes to talk to the local cloud; good for every client, `forcePathStyle` is for S3. */
export interface ClientConfig {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly forcePathStyle: true;
}

/** A running local cloud. */
export interface LocalCloud {
  /** The URL for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  readonly account: string;
  /** The administrator (the account's root, whom no policy limits). */
  readonly credentials: AwsCredentials;
  /** Logs: ministack.log and calls.ndjson. */
  readonly stateFolder: string;
  readonly clientConfig: (region: string) => ClientConfig;
  /** The same cloud for the root of another account of 12 digits. */
  readonly inAccount: (account: string) => LocalCloud;
  /** Calls that passed the gateway, oldest first (the newest 500,000). */
  calls(filter?: CallFilter): Promise<CallRecord[]>;
  snsMessages(): Promise<SnsMessage[]>;
  endUserMessages(): Promise<EndUserMessage[]>;
  /** Puts users straight into a pool, past the API and its quotas, 500 at a time; rejects when a user could not be created. */
  putUsers(region: string, userPoolId: string, users: readonly PutUser[]): Promise<void>;
  /** Switches quotas, latencies, faults, Regions, and the factor on waits, from the next request on. */
  configure(
    changes: Partial<SimulationConfig> & { readonly waitScale?: number; readonly alarmScale?: number },
  ): Promise<void>;
  /** How often each fault rule has struck since the faults were set. */
  faultStrikes(): Promise<FaultStrikes[]>;
  /** Ends everything that was started. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts a local cloud of its own on free loopback ports. Several can run at once. It ends with `stop()`, and also when
 * this process ends in any way.
 *
 * @throws Error when Python is missing, the set-up fails, or MiniStack does not start
 */
export async function startLocalCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const server = await startServer(options);
  return cloudAt(server, options);
}

/**
 * Starts the cloud that the command line manages (`npm run local-cloud -- status|stop`); it goes on when this process ends.
 *
 * @throws Error when it is running already, and as startLocalCloud does
 */
export async function startBackgroundCloud(options: LocalCloudOptions = {}): Promise<LocalCloud> {
  const before = await readRunning();
  if (before !== undefined)
    throw new Error(
      `A local cloud is already running at http://127.0.0.1:${before.port}. Stop it first: npm run local-cloud -- stop`,
    );
  const { port } = await startInBackground(options);
  return cloudAt(
    {
      port,
      stateFolder: BACKGROUND_FOLDER,
      stop: async () => {
        await stopRunning();
      },
    },
    options,
  );
}

function cloudAt(server: Pick<CloudServer, 'port' | 'stateFolder' | 'stop'>, options: LocalCloudOptions): LocalCloud {
  const endpoint = `http://127.0.0.1:${server.port}`;
  const account = options.account ?? DEFAULT_ACCOUNT;
  const credentials = { accessKeyId: account, secretAccessKey: SECRET_ACCESS_KEY };
  const ask = async <T>(page: string, body?: object): Promise<T> => {
    const response = await fetch(
      `${endpoint}/_local/${page}`,
      body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) },
    );
    if (!response.ok)
      throw new Error(`The local cloud answered ${response.status} to ${page}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const messages = (): Promise<Array<SnsMessage | EndUserMessage>> => ask('messages');
  return {
    endpoint,
    account,
    credentials,
    stateFolder: server.stateFolder,
    clientConfig: (region) => ({ endpoint, region, credentials, forcePathStyle: true }),
    inAccount: (other) => cloudAt(server, { ...options, account: other }),
    calls: (filter = {}) =>
      ask(
        `calls?${new URLSearchParams(Object.fromEntries(Object.entries(filter).map(([name, value]) => [name, String(value)]))).toString()}`,
      ),
    snsMessages: async () => (await messages()).filter((message) => message.kind === 'sns'),
    endUserMessages: async () => (await messages()).filter((message) => message.kind === 'end-user'),
    putUsers: async (region, poolId, users) => {
      for (let first = 0; first < users.length; first += 500) {
        const page = users.slice(first, first + 500).map((user, index) => ({ ...user, line: first + index }));
        const { results } = await ask<{ results: [number, string, string][] }>('users', {
          account,
          region,
          poolId,
          users: page,
        });
        const refused = results.find(([, outcome]) => outcome !== 'SUCCEEDED');
        if (refused !== undefined)
          throw new Error(`The pool ${poolId} did not take user number ${refused[0]}: ${refused[2]}`);
      }
    },
    configure: async (changes) => {
      await ask('config', changes);
    },
    faultStrikes: () => ask('faults'),
    stop: () => server.stop(),
  };
}
