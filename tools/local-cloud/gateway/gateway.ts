import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { backendOver } from './backend.ts';
import { callLogInterceptor, CallLog } from './call-log.ts';
import { callersFrom, killerOver } from './callers.ts';
import { chainOf } from './chain.ts';
import { answerControl } from './control.ts';
import { forwardTo } from './forward.ts';
import { listen, preciseNow } from './http-server.ts';
import type { Handler } from './http-server.ts';
import { interceptors } from './interceptors.ts';
import { parseRequest } from './parse-request.ts';
import { signAgain } from './sign-again.ts';
import { Simulation } from './simulation/simulation.ts';
import type { AwsCredentials } from './types.ts';

export interface GatewayOptions {
  readonly port: number;
  readonly ministackPort: number;
  readonly account: string;
  readonly defaultRegion: string;
  readonly administrator: AwsCredentials;
  /** NDJSON file of the call log. */
  readonly callLogFile: string;
  /** Folder of botocore's service models. */
  readonly modelsFolder: string;
}

export interface Gateway {
  readonly port: number;
  close(): Promise<void>;
}

/** A listening server that answers 503 until `open` gives it a gateway: MiniStack must know the port before it starts. */
export interface GatewayPort {
  readonly port: number;
  open(options: Omit<GatewayOptions, 'port'>): Gateway;
  close(): Promise<void>;
}

export async function reserveGatewayPort(port: number): Promise<GatewayPort> {
  let handler: Handler = () =>
    Promise.resolve({ status: 503, headers: {}, body: Buffer.from('The local cloud is starting.') });
  const server = await listen(port, (request) => handler(request));
  const taken = (server.address() as AddressInfo).port;
  return {
    port: taken,
    close: () => closeServer(server),
    open: (options) => {
      const opened = openGateway({ ...options, port: taken });
      handler = opened.handler;
      return {
        port: taken,
        close: async () => {
          await closeServer(server);
          await opened.close();
        },
      };
    },
  };
}

function openGateway(options: GatewayOptions): { handler: Handler; close: () => Promise<void> } {
  const forward = forwardTo(options.ministackPort);
  const calls = new CallLog(options.callLogFile);
  const callerOf = callersFrom(forward);
  const simulation = new Simulation({
    now: preciseNow,
    withBody: signAgain(callerOf, options.administrator),
    killCaller: killerOver(forward),
  });
  const backend = backendOver(forward, `127.0.0.1:${options.port}`, options.administrator);
  const chain = chainOf(
    [callLogInterceptor(calls, preciseNow), ...interceptors({ ...options, backend, simulation })],
    (request) => forward({ ...request, pathAndQuery: request.url.pathname + request.url.search }),
  );
  const handler: Handler = async (incoming) => {
    if (incoming.pathAndQuery.startsWith('/_local/')) return answerControl(incoming, { calls, simulation, forward });
    // MiniStack's own pages (health, custom-resource answers) are no AWS calls.
    if (incoming.pathAndQuery.startsWith('/_ministack/')) return forward(incoming);
    const parsed = parseRequest(incoming, { region: options.defaultRegion, account: options.account });
    const caller = await callerOf(parsed.accessKeyId);
    return chain({ ...parsed, caller: caller?.name, account: caller?.account ?? parsed.account });
  };
  return {
    handler,
    close: async () => {
      forward.close();
      await calls.close();
    },
  };
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeAllConnections();
  });
}
