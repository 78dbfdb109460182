import { expect } from 'chai';
import { multipartUploads } from '../../../../../tools/local-cloud/gateway/multipart-uploads.ts';
import type { Interceptor } from '../../../../../tools/local-cloud/gateway/types.ts';
import { toXml } from '../../../../../tools/local-cloud/gateway/xml.ts';
import { aRequest } from '../../../../support/local-cloud/gateway-request.ts';

const CRC32 = { 'x-amz-checksum-crc32': 'AAAAAA==' };
const WITH_CRC32 = { 'x-amz-checksum-algorithm': 'CRC32' };
const LEAST = 5 * 1024 * 1024;

const partOf = (number: number, checksum: Record<string, string>): string =>
  toXml({ Part: { PartNumber: number, ETag: '"e"', ...checksum } });

describe('A1: local cloud gateway: multipart uploads', () => {
  let intercept: Interceptor;
  /** The status of one S3 call, with the error's code where it was refused. */
  const call = async (
    action: string,
    query: string,
    headers: Record<string, string> = {},
    body: string | Buffer = '',
  ): Promise<string> => {
    const url = new URL(`http://gateway/bucket/key?${query}`);
    const request = aRequest({ service: 's3', action, url, headers, body: Buffer.from(body) });
    const created = toXml({ InitiateMultipartUploadResult: { UploadId: 'u' } });
    const { status, body: answer } = await intercept(request, () =>
      Promise.resolve({ status: 200, headers: {}, body: Buffer.from(created) }),
    );
    return `${status} ${/<Code>(\w+)/.exec(answer.toString())?.[1] ?? ''}`.trim();
  };
  const create = (headers: Record<string, string> = {}): Promise<string> =>
    call('CreateMultipartUpload', 'uploads', headers);
  const uploadPart = (headers: Record<string, string>, number = 1, bytes = LEAST): Promise<string> =>
    call('UploadPart', `uploadId=u&partNumber=${number}`, headers, Buffer.alloc(bytes));
  const complete = (checksum: Record<string, string> = {}, numbers: readonly number[] = [1]): Promise<string> =>
    call(
      'CompleteMultipartUpload',
      'uploadId=u',
      {},
      `<CompleteMultipartUpload>${numbers.map((number) => partOf(number, checksum)).join('')}</CompleteMultipartUpload>`,
    );
  beforeEach(() => {
    intercept = multipartUploads();
  });

  it('A1: refuse a part with a checksum, in a header or a trailer, where the upload was created for none', async () => {
    await create();
    expect(await uploadPart(CRC32)).to.equal('400 InvalidRequest');
    expect(await uploadPart({ 'x-amz-trailer': 'x-amz-checksum-crc32' })).to.equal('400 InvalidRequest');
    expect(await uploadPart({})).to.equal('200');
  });

  it('A1: refuse a part with another checksum than the upload was created for, or with none', async () => {
    await create({ 'x-amz-checksum-algorithm': 'SHA256' });
    expect(await uploadPart(CRC32)).to.equal('400 InvalidRequest');
    expect(await uploadPart({})).to.equal('400 InvalidRequest');
    expect(await uploadPart({ 'x-amz-checksum-sha256': 'x' })).to.equal('200');
  });

  it('A1: are completed by naming the checksum of each part', async () => {
    await create(WITH_CRC32);
    expect(await uploadPart(CRC32)).to.equal('200');
    expect(await complete()).to.equal('400 InvalidRequest');
    expect(await complete({ ChecksumSHA256: 'AAAAAA==' })).to.equal('400 InvalidRequest');
    expect(await complete({ ChecksumCRC32: 'BBBBBB==' })).to.equal('400 InvalidPart');
    expect(await complete({ ChecksumCRC32: 'AAAAAA==' })).to.equal('200');
  });

  it('A1: go without any checksums', async () => {
    await create();
    expect(await uploadPart({})).to.equal('200');
    expect(await complete()).to.equal('200');
  });

  it('A1: refuse to be completed by parts in another order, by none, or with a gap where they have checksums', async () => {
    for (const algorithm of [{}, WITH_CRC32]) {
      const checksum = algorithm === WITH_CRC32 ? { ChecksumCRC32: 'AAAAAA==' } : {};
      await create(algorithm);
      for (const number of [1, 2, 4]) await uploadPart(algorithm === WITH_CRC32 ? CRC32 : {}, number);
      expect(await complete(checksum, [2, 1])).to.equal('400 InvalidPartOrder');
      expect(await complete(checksum, [1, 1])).to.equal('400 InvalidPartOrder');
      expect(await complete(checksum, [])).to.equal('400 MalformedXML');
      expect(await complete(checksum, [1, 4])).to.equal(algorithm === WITH_CRC32 ? '400 InvalidPartOrder' : '200');
    }
  });

  it('A1: refuse parts below 5 MiB, all but the last one', async () => {
    await create();
    await uploadPart({}, 1, LEAST - 1);
    await uploadPart({}, 2, 1);
    expect(await complete({}, [1, 2])).to.equal('400 EntityTooSmall');
    await uploadPart({}, 1, LEAST);
    expect(await complete({}, [1, 2])).to.equal('200');
    // What is sent in pieces with a trailer is longer on its way than the part is.
    await create(WITH_CRC32);
    const trailer = { 'x-amz-trailer': 'x-amz-checksum-crc32', 'x-amz-decoded-content-length': String(LEAST - 1) };
    await uploadPart(trailer, 1, LEAST + 100);
    await uploadPart(trailer, 2, 1);
    expect(await complete({ ChecksumCRC32: 'AAAAAA==' }, [1, 2])).to.equal('400 EntityTooSmall');
  });
});
