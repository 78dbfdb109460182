import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setEnvironment } from './environment.ts';

export interface StubRequest {
  /** `ListUsers` from the target header; for S3 and query protocols the method. */
  readonly action: string;
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body where it is JSON. */
  readonly json: Record<string, unknown>;
}
export interface StubAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer | object;
  /** Breaks the connection after this many bytes of the body. */
  readonly breakAfter?: number;
}

/** An AWS endpoint on loopback that answers what a test tells it to, so that adapters are tested with the real SDK. */
export class AwsStub {
  readonly requests: StubRequest[] = [];
  answer: (request: StubRequest) => StubAnswer = () => ({ body: {} });
  #server: Server | undefined;
  #restoreEnvironment = (): void => undefined;

  async start(): Promise<void> {
    this.#server = createServer((incoming, outgoing) => {
      const pieces: Buffer[] = [];
      incoming.on('data', (piece: Buffer) => pieces.push(piece));
      incoming.on('end', () => {
        const text = Buffer.concat(pieces).toString('utf8');
        const { method = '', url = '', headers } = incoming;
        const request = {
          action:
            String(headers['x-amz-target'] ?? method)
              .split('.')
              .at(-1) ?? '',
          method,
          url,
          headers,
          text,
          json: parse(text),
        };
        this.requests.push(request);
        const { status = 200, headers: extra = {}, body = '', breakAfter } = this.answer(request);
        const bytes = Buffer.isBuffer(body)
          ? body
          : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
        outgoing.writeHead(status, {
          'content-length': bytes.length,
          'content-type': 'application/x-amz-json-1.1',
          ...extra,
        });
        if (breakAfter === undefined) outgoing.end(bytes);
        else outgoing.write(bytes.subarray(0, breakAfter), () => setTimeout(() => outgoing.destroy(), 20));
      });
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
    this.#restoreEnvironment = setEnvironment({
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.requests.length = 0;
    this.answer = () => ({ body: {} });
  }

  async stop(): Promise<void> {
    this.#restoreEnvironment();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }
}

/** A refusal of a JSON protocol. */
export const refusal = (name: string, message = '', status = 400): StubAnswer => ({
  status,
  headers: { 'x-amzn-errortype': name },
  body: { __type: name, message },
});

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}
