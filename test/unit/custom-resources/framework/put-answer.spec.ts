import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { answerPutter } from '../../../../source/custom-resources/framework/put-answer.ts';
import { FakeClock } from '../../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../../support/rejection.ts';

describe('delivery of the answer', () => {
  let server: Server;
  let url: string;
  let statuses: number[];
  const received: { method?: string | undefined; headers: IncomingMessage['headers']; body: string }[] = [];
  const clock = new FakeClock();
  const put = answerPutter({ clock, random: () => 1, fetch: globalThis.fetch });

  before(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ method: request.method, headers: request.headers, body: Buffer.concat(chunks).toString() });
        response.writeHead(statuses.shift() ?? 200).end('<Error/>');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?X-Amz-Signature=secret`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    statuses = [];
    received.length = 0;
  });

  it('is one PUT with the length in bytes and an empty content type', async () => {
    await put(url, '{"Reason":"Größe €"}');
    expect(received).to.have.length(1);
    expect(received[0]?.method).to.equal('PUT');
    expect(received[0]?.body).to.equal('{"Reason":"Größe €"}');
    expect(received[0]?.headers['content-length']).to.equal(String(Buffer.byteLength('{"Reason":"Größe €"}')));
    expect(received[0]?.headers['content-type']).to.equal('');
    expect(received[0]?.headers['transfer-encoding']).to.equal(undefined);
  });

  it('is tried again after refusals, with growing pauses', async () => {
    statuses = [500, 503, 403];
    const before = clock.elapsed;
    await put(url, '{}');
    expect(received).to.have.length(4);
    expect(clock.elapsed - before).to.equal(800 + 1600 + 3200);
  });

  it('throws after five refusals, without the URL', async () => {
    statuses = [403, 403, 403, 403, 403];
    const error = await rejection(put(url, '{}'));
    expect(received).to.have.length(5);
    expect(error.message).to.contain('HTTP 403').and.not.to.contain('secret').and.not.to.contain('127.0.0.1');
  });

  it('tries again when the connection breaks', async () => {
    let calls = 0;
    const flaky: typeof fetch = (...args) => {
      calls += 1;
      return calls < 3 ? Promise.reject(new TypeError(`fetch failed: ${url}`)) : fetch(...args);
    };
    await answerPutter({ clock, random: () => 0, fetch: flaky })(url, '{}');
    expect(received).to.have.length(1);
    const broken = answerPutter({
      clock,
      random: () => 0,
      fetch: () => Promise.reject(new TypeError(`fetch failed: ${url}`)),
    });
    expect((await rejection(broken(url, '{}'))).message)
      .to.contain('TypeError')
      .and.not.to.contain('secret');
  });
});
