import { expect } from 'chai';
import { signedHeaders } from '../../../../../tools/local-cloud/gateway/sigv4.ts';

describe('local cloud gateway: signatures', () => {
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };

  it('names the day, the Region, the service and all headers', async () => {
    const headers = await signedHeaders(
      {
        method: 'GET',
        pathAndQuery: '/?Action=ListUsers&Version=2010-05-08',
        headers: {
          host: 'iam.amazonaws.com',
          'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
        },
        body: Buffer.alloc(0),
      },
      'iam',
      'us-east-1',
      credentials,
      new Date('2015-08-30T12:36:00Z'),
    );
    expect(headers['x-amz-date']).to.equal('20150830T123600Z');
    expect(headers['x-amz-content-sha256']).to.equal(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
    expect(headers.authorization).to.match(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20150830\/us-east-1\/iam\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
  });

  it('signs the token of a session, and each part of the request', async () => {
    const sign = async (change: object): Promise<string | undefined> =>
      (
        await signedHeaders(
          { method: 'POST', pathAndQuery: '/', headers: { host: 'h' }, body: Buffer.from('b'), ...change },
          's3',
          'us-east-1',
          { ...credentials, sessionToken: 'token' },
          new Date(0),
        )
      ).authorization;
    const changes = [{}, { body: Buffer.from('c') }, { pathAndQuery: '/a%20b' }, { headers: { host: 'g' } }];
    const signatures = await Promise.all(changes.map(sign));
    expect(new Set(signatures).size).to.equal(changes.length);
    expect(signatures[0]).to.contain('x-amz-security-token');
  });
});
