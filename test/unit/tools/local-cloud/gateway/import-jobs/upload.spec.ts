import { expect } from 'chai';
import { ImportCloud } from '../../../../../support/local-cloud/import-cloud.ts';

describe('import jobs: upload', () => {
  let cloud: ImportCloud;
  let url: string;
  beforeEach(async () => {
    cloud = new ImportCloud();
    url = String((await cloud.describe(await cloud.job()))['PreSignedUrl']);
  });

  const statusOf = async (headers: Record<string, string>, target = url, method = 'PUT'): Promise<string> => {
    const answer = await cloud.put(target, 'x', headers, method);
    return `${answer.status} ${/<Code>(.*)<\/Code>/.exec(answer.body.toString())?.[1] ?? ''}`.trim();
  };

  it('takes a PUT with the signed encryption header', async () => {
    expect(await statusOf({})).to.equal('200');
  });

  it('refuses one without the header, by another method, or by a changed URL', async () => {
    expect(await statusOf({ 'x-amz-server-side-encryption': '' })).to.equal('403 SignatureDoesNotMatch');
    expect(await statusOf({ 'x-amz-server-side-encryption': 'AES256' })).to.equal('403 SignatureDoesNotMatch');
    expect(await statusOf({}, url, 'POST')).to.equal('403 SignatureDoesNotMatch');
    expect(await statusOf({}, url.replace(/Signature=./, 'Signature=_'))).to.equal('403 SignatureDoesNotMatch');
  });

  it('refuses a body of unknown length', async () => {
    cloud.contentLength = false;
    expect(await statusOf({})).to.equal('411 MissingContentLength');
  });

  it('refuses a chunked body, and anything after 15 minutes', async () => {
    expect(await statusOf({ 'transfer-encoding': 'chunked' })).to.equal('501 NotImplemented');
    cloud.clock.advance(899_000);
    expect(await statusOf({})).to.equal('200');
    cloud.clock.advance(1_000);
    expect(await statusOf({})).to.equal('403 AccessDenied');
  });
});
