import { expect } from 'chai';
import { parseRequest } from '../../../../../tools/local-cloud/gateway/parse-request.ts';
import type { ParsedRequest } from '../../../../../tools/local-cloud/gateway/parse-request.ts';

const signature = (service: string, region = 'eu-west-1', key = '111122223333'): string =>
  `AWS4-HMAC-SHA256 Credential=${key}/20261123/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`;

function parse(
  pathAndQuery: string,
  headers: Record<string, string> = {},
  { method = 'POST', body = '' } = {},
): ParsedRequest {
  return parseRequest(
    { method, pathAndQuery, headers, body: Buffer.from(body), receivedAt: 1 },
    { region: 'us-east-1', account: '999999999999' },
  );
}

describe('local cloud gateway: reading requests', () => {
  it('reads a JSON-protocol request', () => {
    const request = parse(
      '/',
      { authorization: signature('cognito-idp'), 'x-amz-target': 'AWSCognitoIdentityProviderService.ListUsers' },
      { body: '{"UserPoolId":"p"}' },
    );
    expect(request).to.include({
      service: 'cognito-idp',
      action: 'ListUsers',
      region: 'eu-west-1',
      account: '111122223333',
      accessKeyId: '111122223333',
    });
    expect(request.params).to.deep.equal({ UserPoolId: 'p' });
  });

  it('reads a query-protocol request from the body and from the query string', () => {
    const headers = {
      authorization: signature('cloudformation'),
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
    };
    expect(parse('/', headers, { body: 'Action=ListStackSets&Regions.member.1=a%20b' })).to.deep.include({
      action: 'ListStackSets',
      params: { Action: 'ListStackSets', 'Regions.member.1': 'a b' },
    });
    expect(parse('/?Action=GetCallerIdentity', { authorization: signature('sts') }, { method: 'GET' }).action).to.equal(
      'GetCallerIdentity',
    );
  });

  it('takes what an unsigned or presigned request does not say from elsewhere', () => {
    expect(parse('/', { 'x-amz-target': 'AWSCognitoIdentityProviderService.SignUp' })).to.include({
      service: 'cognito-idp',
      region: 'us-east-1',
      account: '999999999999',
      accessKeyId: undefined,
    });
    const presigned = parse(
      '/bucket/key?X-Amz-Credential=111122223333%2F20261123%2Feu-west-1%2Fs3%2Faws4_request',
      {},
      { method: 'PUT' },
    );
    expect(presigned).to.include({ service: 's3', action: 'PutObject', region: 'eu-west-1' });
  });

  it('keeps the account of a role session to the default', () => {
    expect(parse('/', { authorization: signature('sqs', 'eu-west-1', 'ASIAABCDEFGHIJKLMNOP') })).to.include({
      account: '999999999999',
      accessKeyId: 'ASIAABCDEFGHIJKLMNOP',
    });
  });

  it('survives a body that is no JSON object', () => {
    for (const body of ['', '{', '[1]', 'null']) {
      expect(
        parse('/', { authorization: signature('dynamodb'), 'x-amz-target': 'DynamoDB_20120810.GetItem' }, { body })
          .params,
      ).to.deep.equal({});
    }
  });

  const s3Cases: Array<[string, string, string]> = [
    ['GET', '/', 'ListBuckets'],
    ['PUT', '/bucket', 'CreateBucket'],
    ['GET', '/bucket?list-type=2', 'ListObjectsV2'],
    ['HEAD', '/bucket/a/b', 'HeadObject'],
    ['PUT', '/bucket/a', 'PutObject'],
    ['POST', '/bucket?delete', 'DeleteObjects'],
    ['PUT', '/bucket?policy', 'PutBucketPolicy'],
    ['PUT', '/bucket/a?tagging', 'PutObjectTagging'],
    ['POST', '/bucket/a?uploads', 'CreateMultipartUpload'],
    ['PUT', '/bucket/a?partNumber=1&uploadId=u', 'UploadPart'],
    ['DELETE', '/bucket/a', 'DeleteObject'],
  ];
  for (const [method, path, action] of s3Cases) {
    it(`calls ${method} ${path} of S3 ${action}`, () => {
      expect(parse(path, { authorization: signature('s3') }, { method }).action).to.equal(action);
    });
  }

  it('names Lambda invocations', () => {
    expect(
      parse('/2015-03-31/functions/secret-name/invocations', { authorization: signature('lambda') }).action,
    ).to.equal('Invoke');
    expect(
      parse('/2015-03-31/functions/some-name', { authorization: signature('lambda') }, { method: 'GET' }).action,
    ).to.equal('GET functions/{name}');
  });
});
