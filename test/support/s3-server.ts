import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AwsError, errorResponse } from '../../tools/local-cloud/gateway/aws-error.ts';
import { chainOf } from '../../tools/local-cloud/gateway/chain.ts';
import { listen } from '../../tools/local-cloud/gateway/http-server.ts';
import { multipartUploads } from '../../tools/local-cloud/gateway/multipart-uploads.ts';
import { parseRequest } from '../../tools/local-cloud/gateway/parse-request.ts';
import type { AwsRequest, AwsResponse } from '../../tools/local-cloud/gateway/types.ts';
import { elements, elementText, elementTexts, toXml } from '../../tools/local-cloud/gateway/xml.ts';
import { setEnvironment } from './environment.ts';

const etagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;
const CHECKSUM = 'x-amz-checksum-crc32';

/** S3 on loopback with objects in memory, behind the gateway's rules of multipart uploads: what the real SDK is tested with. */
export class S3Server {
  readonly objects = new Map<string, Buffer>();
  /** Uploads that were neither completed nor aborted: their parts by number. */
  readonly uploads = new Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>();
  readonly requests: AwsRequest[] = [];
  /** Refuses a request with an error of S3. */
  refuses: (request: AwsRequest) => AwsError | undefined = () => undefined;
  #server: Server | undefined;
  #uploads = 0;
  #restoreEnvironment = (): void => undefined;

  async start(): Promise<void> {
    const chain = chainOf([multipartUploads()], (request) => Promise.resolve(this.#answer(request)));
    this.#server = await listen(0, (incoming) => {
      const defaults = { region: 'eu-west-1', account: '111122223333' };
      const request = { ...parseRequest(incoming, defaults), caller: undefined };
      this.requests.push(request);
      const refusal = this.refuses(request);
      return refusal === undefined ? chain(request) : Promise.resolve(errorResponse(request, refusal));
    });
    this.#restoreEnvironment = setEnvironment({
      AWS_ENDPOINT_URL: this.url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: '111122223333',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server?.address() as AddressInfo).port}`;
  }

  reset(): void {
    this.objects.clear();
    this.uploads.clear();
    this.requests.length = 0;
    this.refuses = () => undefined;
  }

  async stop(): Promise<void> {
    this.#restoreEnvironment();
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  /** How often the objects whose key ends so were asked for each operation. */
  calls(keyEnd: string): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { url, action } of this.requests)
      if (decodeURIComponent(url.pathname).endsWith(keyEnd)) counts[action] = (counts[action] ?? 0) + 1;
    return counts;
  }

  #answer(request: AwsRequest): AwsResponse {
    const { action, url, headers, body } = request;
    const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/');
    const uploadId = url.searchParams.get('uploadId') ?? '';
    const upload = this.uploads.get(uploadId);
    const fail = (code: string, status: number): AwsResponse =>
      errorResponse(request, new AwsError(code, `${code} of the test`, status));
    switch (action) {
      case 'PutObject':
        if (headers['if-none-match'] !== undefined && this.objects.has(key)) return fail('PreconditionFailed', 412);
        this.objects.set(key, body);
        return answer('', { etag: etagOf(body) });
      case 'GetObject':
        return this.#read(key, headers['range']) ?? fail('NoSuchKey', 404);
      case 'ListObjectsV2':
        return answer(this.#listing(url.searchParams.get('prefix') ?? ''));
      case 'DeleteObjects':
        for (const deleted of elementTexts(body.toString('utf8'), 'Key')) this.objects.delete(deleted);
        return answer('<DeleteResult/>');
      case 'CreateMultipartUpload': {
        this.#uploads += 1;
        this.uploads.set(`upload-${this.#uploads}`, { key, parts: new Map() });
        return answer(toXml({ InitiateMultipartUploadResult: { UploadId: `upload-${this.#uploads}` } }));
      }
      case 'UploadPart':
        if (upload === undefined) return fail('NoSuchUpload', 404);
        upload.parts.set(Number(url.searchParams.get('partNumber')), body);
        return answer('', { etag: etagOf(body), [CHECKSUM]: headers[CHECKSUM] ?? '' });
      case 'CompleteMultipartUpload': {
        if (upload === undefined) return fail('NoSuchUpload', 404);
        const parts = elements(body.toString('utf8'), 'Part').map((part) =>
          upload.parts.get(Number(elementText(part, 'PartNumber'))),
        );
        if (parts.includes(undefined)) return fail('InvalidPart', 400);
        this.objects.set(key, Buffer.concat(parts as Buffer[]));
        this.uploads.delete(uploadId);
        return answer(toXml({ CompleteMultipartUploadResult: { Key: key, ETag: '"whole-2"' } }));
      }
      case 'AbortMultipartUpload':
        return this.uploads.delete(uploadId) ? answer('', {}, 204) : fail('NoSuchUpload', 404);
      default:
        return fail('NotImplemented', 501);
    }
  }

  #read(key: string, range: string | undefined): AwsResponse | undefined {
    const body = this.objects.get(key);
    const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    return body && answer(body.subarray(from), { etag: etagOf(body) }, range === undefined ? 200 : 206);
  }

  #listing(prefix: string): string {
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
    return `<ListBucketResult>${keys.map((Key) => toXml({ Contents: { Key } })).join('')}</ListBucketResult>`;
  }
}

function answer(body: string | Buffer, headers: Record<string, string> = {}, status = 200): AwsResponse {
  return { status, headers: { 'content-type': 'application/xml', ...headers }, body: Buffer.from(body) };
}
