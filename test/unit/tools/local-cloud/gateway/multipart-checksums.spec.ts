import { expect } from 'chai';
import { multipartChecksums } from '../../../../../tools/local-cloud/gateway/multipart-checksums.ts';
import type { Interceptor } from '../../../../../tools/local-cloud/gateway/types.ts';
import { toXml } from '../../../../../tools/local-cloud/gateway/xml.ts';
import { aRequest } from '../../../../support/local-cloud/gateway-request.ts';

const CRC32 = { 'x-amz-checksum-crc32': 'AAAAAA==' };

describe('local cloud gateway: checksums of multipart uploads', () => {
  let intercept: Interceptor;
  /** The status of one S3 call, with the error's code where it was refused. */
  const call = async (
    action: string,
    query: string,
    headers: Record<string, string> = {},
    body = '',
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
  const uploadPart = (headers: Record<string, string>): Promise<string> =>
    call('UploadPart', 'uploadId=u&partNumber=1', headers);
  const complete = (checksum: Record<string, string> = {}): Promise<string> =>
    call(
      'CompleteMultipartUpload',
      'uploadId=u',
      {},
      toXml({ CompleteMultipartUpload: { Part: { PartNumber: 1, ETag: '"e"', ...checksum } } }),
    );
  beforeEach(() => {
    intercept = multipartChecksums();
  });

  it('refuses to complete by ETags alone what came with checksums that the upload was not created for', async () => {
    await create();
    expect(await uploadPart(CRC32)).to.equal('200');
    expect(await complete()).to.equal('400 InvalidPart');
    await uploadPart({ 'x-amz-trailer': 'x-amz-checksum-crc32' });
    expect(await complete()).to.equal('400 InvalidPart');
  });

  it('takes an upload that was created for the checksums of its parts, and names them at its end', async () => {
    await create({ 'x-amz-checksum-algorithm': 'CRC32' });
    expect(await uploadPart(CRC32)).to.equal('200');
    expect(await complete()).to.equal('400 InvalidRequest');
    expect(await complete({ ChecksumCRC32: 'BBBBBB==' })).to.equal('400 InvalidPart');
    expect(await complete({ ChecksumCRC32: 'AAAAAA==' })).to.equal('200');
  });

  it('refuses a part with another checksum than the upload was created for', async () => {
    await create({ 'x-amz-checksum-algorithm': 'SHA256' });
    expect(await uploadPart(CRC32)).to.equal('400 InvalidRequest');
  });

  it('takes an upload without any checksums', async () => {
    await create();
    expect(await uploadPart({})).to.equal('200');
    expect(await complete()).to.equal('200');
  });
});
