import { Agent, request as httpRequest } from 'node:http';
import type { AwsResponse } from './types.ts';

/** Headers that belong to one connection, not to the message. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'proxy-connection',
  'te',
  'trailer',
  'expect',
]);

export interface ForwardedRequest {
  readonly method: string;
  readonly pathAndQuery: string;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

export type Forward = (request: ForwardedRequest) => Promise<AwsResponse>;

/**
 * Sends requests to MiniStack over kept-alive connections, byte for byte: the host header stays the client's own, because
 * it is part of the signature. `x-forwarded-proto` says https, as AWS's endpoints are: policies may demand aws:SecureTransport.
 */
export function forwardTo(port: number): Forward & { close: () => void } {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 64 });
  const forward = (request: ForwardedRequest): Promise<AwsResponse> =>
    new Promise((resolve, reject) => {
      const headers: Record<string, string> = {};
      for (const [name, value] of Object.entries(request.headers)) if (!HOP_BY_HOP.has(name)) headers[name] = value;
      headers['x-forwarded-proto'] = 'https';
      headers['content-length'] = String(request.body.length);
      const outgoing = httpRequest(
        { host: '127.0.0.1', port, agent, method: request.method, path: request.pathAndQuery, headers, setHost: false },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
          incoming.on('error', reject);
          incoming.on('end', () => {
            resolve({
              status: incoming.statusCode ?? 502,
              headers: singleValues(incoming.headers),
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(request.body);
    });
  return Object.assign(forward, {
    close: () => {
      agent.destroy();
    },
  });
}

/** Node's headers with repeated ones joined, without those of the connection. */
export function singleValues(headers: NodeJS.Dict<string | string[]>): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) result[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return result;
}
