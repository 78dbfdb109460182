import { expect } from 'chai';
import { objectStore } from '../../../source/adapters/object-store.ts';
import { Fault } from '../../../source/domain/errors.ts';
import { AwsStub } from '../../support/aws-stub.ts';
import type { StubAnswer, StubRequest } from '../../support/aws-stub.ts';
import { FakeClock } from '../../../tools/simulation/fake-clock.ts';
import { rejection } from '../../support/rejection.ts';

const MIB = 1024 * 1024;
const xml = (body: string, status = 200): StubAnswer => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body,
});
const refused = (code: string, status: number): StubAnswer =>
  xml(`<Error><Code>${code}</Code><Message>m</Message></Error>`, status);
const query = ({ url }: StubRequest): URLSearchParams => new URL(url, 'http://x').searchParams;
async function* pieces(...parts: Buffer[]): AsyncGenerator<Uint8Array> {
  yield* parts;
}

describe('objectStore', () => {
  const stub = new AwsStub();
  before(() => stub.start());
  beforeEach(() => stub.reset());
  after(() => stub.stop());
  const store = () =>
    objectStore({ bucket: 'bucket', userAgent: 'solution/v1', clock: new FakeClock(), random: () => 0 });
  const readAll = async (key: string): Promise<string> => {
    const parts: Uint8Array[] = [];
    for await (const part of store().read(key)) parts.push(part);
    return Buffer.concat(parts).toString();
  };

  it('gets an object with its ETag, and nothing where there is none', async () => {
    stub.answer = () => ({ headers: { etag: '"e1"' }, body: 'text' });
    const object = await store().get('a/b');
    expect(Buffer.from(object?.body ?? []).toString()).to.equal('text');
    expect(object?.etag).to.equal('"e1"');
    stub.answer = () => refused('NoSuchKey', 404);
    expect(await store().get('a/b')).to.equal(undefined);
    stub.answer = () => refused('AccessDenied', 403);
    expect(await rejection(store().get('a/b'))).to.include({ name: 'AccessDenied' });
  });

  it('16.3: reads a range, which may end early, and says what does not exist', async () => {
    stub.answer = () => ({ status: 206, body: 'cde' });
    expect(Buffer.from(await store().readRange('k', 2, 3)).toString()).to.equal('cde');
    expect(stub.requests[0]?.headers.range).to.equal('bytes=2-4');
    expect(await store().readRange('k', 2, 0)).to.have.length(0);
    expect(stub.requests).to.have.length(1);
    stub.answer = () => refused('InvalidRange', 416);
    expect(await store().readRange('k', 9, 3)).to.have.length(0);
    for (const [code, status, name] of [
      ['NoSuchKey', 404, 'BadState'],
      ['AccessDenied', 403, 'AccessDenied'],
    ] as const) {
      stub.answer = () => refused(code, status);
      expect(await rejection(store().readRange('k', 2, 3))).to.include({ name });
    }
  });

  it('tells a missing object from a forbidden one where S3 answers 403 for both', async () => {
    const answers =
      (listing: string) =>
      (request: StubRequest): StubAnswer =>
        query(request).has('list-type')
          ? xml(`<ListBucketResult>${listing}</ListBucketResult>`)
          : refused('AccessDenied', 403);
    stub.answer = answers('');
    expect(await store().get('a/b')).to.equal(undefined);
    stub.answer = answers('<Contents><Key>a/b</Key></Contents>');
    expect(await rejection(store().get('a/b'))).to.include({ name: 'AccessDenied' });
  });

  it('puts on conditions', async () => {
    stub.answer = () => ({ headers: { etag: '"e2"' } });
    expect(await store().put('k', 'x', { absent: true })).to.equal('"e2"');
    await store().put('k', Buffer.from('x'), { etag: '"e2"' });
    expect(stub.requests.map(({ headers }) => [headers['if-none-match'], headers['if-match']])).to.deep.equal([
      ['*', undefined],
      [undefined, '"e2"'],
    ]);
    for (const [code, status] of [
      ['PreconditionFailed', 412],
      ['ConditionalRequestConflict', 409],
      ['NoSuchKey', 404],
    ] as const) {
      stub.answer = () => refused(code, status);
      expect(await rejection(store().put('k', 'x', { etag: '"e2"' })), code).to.include({ name: 'PreconditionFailed' });
    }
    stub.answer = () => refused('NoSuchBucket', 404);
    expect(await rejection(store().put('k', 'x', { absent: true }))).to.include({ name: 'ServiceError' });
  });

  it('lists all pages', async () => {
    stub.answer = (request) =>
      xml(
        query(request).get('continuation-token') === null
          ? '<ListBucketResult><Contents><Key>a</Key></Contents><NextContinuationToken>t</NextContinuationToken><IsTruncated>true</IsTruncated></ListBucketResult>'
          : '<ListBucketResult><Contents><Key>b</Key></Contents></ListBucketResult>',
      );
    const keys: string[] = [];
    for await (const key of store().list('')) keys.push(key);
    expect(keys).to.deep.equal(['a', 'b']);
  });

  it('takes a broken download up where it ended', async () => {
    const text = 'x'.repeat(1000) + 'y'.repeat(1000);
    stub.answer = ({ headers }) => {
      const from = Number(/bytes=(\d+)-/.exec(String(headers.range))?.[1] ?? 0);
      return {
        status: from === 0 ? 200 : 206,
        headers: { etag: '"e"' },
        body: text.slice(from),
        ...(from === 0 ? { breakAfter: 700 } : {}),
      };
    };
    expect(await readAll('k')).to.equal(text);
    expect(stub.requests[1]?.headers).to.include({ range: 'bytes=700-', 'if-match': '"e"' });
    stub.answer = () => refused('NoSuchKey', 404);
    expect(await rejection(readAll('k'))).to.include({ name: 'BadState' });
  });

  it('writes a small object at once and a large one part by part', async () => {
    const multipart = (request: StubRequest): StubAnswer => {
      if (request.method === 'POST' && query(request).has('uploads'))
        return xml('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>');
      return request.method === 'POST'
        ? xml('<CompleteMultipartUploadResult/>')
        : {
            headers: {
              etag: `"p${query(request).get('partNumber') ?? ''}"`,
              'x-amz-checksum-crc32': String(request.headers['x-amz-checksum-crc32']),
            },
          };
    };
    stub.answer = multipart;
    await store().write('small', pieces(Buffer.from('a'), Buffer.from('b')));
    expect(stub.requests.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`)).to.deep.equal([
      'PUT /bucket/small',
    ]);
    stub.reset();
    stub.answer = multipart;
    await store().write('large', pieces(Buffer.alloc(5 * MIB), Buffer.alloc(5 * MIB), Buffer.alloc(7 * MIB)));
    const parts = stub.requests
      .filter(({ method }) => method === 'PUT')
      .map((request) => [query(request).get('partNumber'), Number(request.headers['content-length'])]);
    expect(parts.map(([number]) => number)).to.deep.equal(['1', '2', '3']);
    expect(stub.requests[0]?.headers).to.include({ 'x-amz-checksum-algorithm': 'CRC32' });
    expect(stub.requests.at(-1)?.text).to.include('p1').and.to.include('p3');
    expect(stub.requests.at(-1)?.text.match(/<ChecksumCRC32>[\w+/]{6}==</g)).to.have.length(3);
  });

  it('writes an empty object', async () => {
    await store().write('empty', pieces());
    expect(stub.requests.map(({ method, text }) => [method, text])).to.deep.equal([['PUT', '']]);
  });

  it('takes pieces whose memory is filled again', async () => {
    const memory = Buffer.alloc(4);
    const again = async function* (): AsyncGenerator<Uint8Array> {
      for (const text of ['abcd', 'efgh']) {
        memory.write(text);
        yield memory;
      }
    };
    await store().write('k', again());
    expect(stub.requests[0]?.text).to.equal('abcdefgh');
  });

  it("ends with the source's own error, even where the abort fails", async () => {
    stub.answer = (request) =>
      request.method === 'DELETE'
        ? refused('AccessDenied', 403)
        : request.method === 'POST'
          ? xml('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>')
          : { headers: { etag: '"p"' } };
    const ends = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(9 * MIB);
      throw new Fault('BadState', 'the source ended');
    };
    expect(await rejection(store().write('large', ends()))).to.include({ name: 'BadState' });
    expect(stub.requests.map(({ method }) => method)).to.deep.equal(['POST', 'PUT', 'DELETE']);
  });

  it('aborts a multipart upload that fails, and keeps the first error', async () => {
    stub.answer = (request) =>
      request.method === 'POST'
        ? xml('<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>')
        : request.method === 'PUT'
          ? refused('AccessDenied', 403)
          : { status: 204 };
    expect(await rejection(store().write('large', pieces(Buffer.alloc(9 * MIB))))).to.include({ name: 'AccessDenied' });
    expect(stub.requests.at(-1)?.method).to.equal('DELETE');
  });

  it('deletes in thousands and repeats what was refused', async () => {
    let first = true;
    stub.answer = () => {
      const body = first
        ? '<DeleteResult><Error><Key>k3</Key><Code>SlowDown</Code></Error></DeleteResult>'
        : '<DeleteResult/>';
      first = false;
      return xml(body);
    };
    await store().deleteAll(Array.from({ length: 1001 }, (_, n) => `k${n}`));
    expect(stub.requests.map(({ text }) => text.match(/<Key>/g)?.length)).to.deep.equal([1000, 1, 1]);
    expect(stub.requests[1]?.text).to.include('<Key>k3</Key>');
  });

  it('tags each object, passes over missing ones and repeats those for which S3 had no time', async () => {
    let busy = 4; // more than the SDK itself tries
    stub.answer = ({ url }) => {
      if (url.includes('k2')) return refused('NoSuchKey', 404);
      return url.includes('k5') && (busy -= 1) >= 0 ? refused('NotImplementedHere', 503) : { status: 200 };
    };
    await store().tagAll(
      Array.from({ length: 20 }, (_, n) => `k${n}`),
      { restore: 'closed' },
    );
    const asked = stub.requests.map(({ method, url }) => `${method} ${url.split('?')[0] ?? ''}`);
    expect(new Set(asked).size).to.equal(20);
    expect(asked.filter((line) => line === 'PUT /bucket/k5')).to.have.length(5);
    expect(query(stub.requests[0] as StubRequest).has('tagging')).to.equal(true);
    expect(stub.requests[0]?.text).to.include('<Key>restore</Key><Value>closed</Value>');
    stub.answer = () => refused('AccessDenied', 403);
    expect(await rejection(store().tagAll(['k'], { restore: 'closed' })))
      .to.include({ name: 'AccessDenied' })
      .and.have.property('message')
      .that.includes('PutObjectTagging');
  });
});
