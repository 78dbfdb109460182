import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AwsResponse } from './types.ts';
import { singleValues } from './forward.ts';
import type { IncomingRequest } from './parse-request.ts';

/** Thrown by the handler to cut the client's connection without an answer. */
export class ConnectionReset extends Error {
  override readonly name = 'ConnectionReset';
}

/** Answers one request; a rejection other than ConnectionReset becomes a 502 with its message. */
export type Handler = (request: IncomingRequest) => Promise<AwsResponse>;

/** Milliseconds since 1970 with fractions, never going back. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();

/** Starts an HTTP server on the loopback interface; port 0 takes a free one. */
export function listen(port: number, handler: Handler): Promise<Server> {
  const server = createServer((incoming, outgoing) => {
    const receivedAt = preciseNow();
    readBody(incoming)
      .then((body) =>
        handler({
          method: incoming.method ?? 'GET',
          pathAndQuery: incoming.url ?? '/',
          headers: clientHeaders(incoming),
          body,
          receivedAt,
        }),
      )
      .then((response) => {
        answer(outgoing, incoming.method, response);
      })
      .catch((error: unknown) => {
        fail(incoming, outgoing, error);
      });
  });
  // AWS SDKs keep connections open between invocations; a server that closes first causes resets.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  server.on('checkContinue', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    outgoing.writeContinue();
    server.emit('request', incoming, outgoing);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

/** Headers by which the gateway speaks to MiniStack's repairs are not a client's to send. */
function clientHeaders(incoming: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(singleValues(incoming.headers)).filter(([name]) => !name.startsWith('x-local-cloud-')),
  );
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function answer(outgoing: ServerResponse, method: string | undefined, response: AwsResponse): void {
  // A HEAD answer carries the length of the body that it does not have.
  const length = method === 'HEAD' ? response.headers['content-length'] : String(response.body.length);
  outgoing.writeHead(response.status, {
    ...response.headers,
    ...(length === undefined ? {} : { 'content-length': length }),
  });
  outgoing.end(method === 'HEAD' ? undefined : response.body);
}

function fail(incoming: IncomingMessage, outgoing: ServerResponse, error: unknown): void {
  if (error instanceof ConnectionReset || (incoming.destroyed && !incoming.complete)) {
    incoming.socket.resetAndDestroy();
    return;
  }
  const message = error instanceof Error ? error.message : String(error);
  answer(outgoing, incoming.method, {
    status: 502,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify({ __type: 'LocalCloudGatewayError', message })),
  });
}
