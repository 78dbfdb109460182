import { expect } from 'chai';
import type { AwsRequest, AwsResponse } from '../../../../../../tools/local-cloud/gateway/types.ts';
import { aRequest } from '../../../../../support/local-cloud/gateway-request.ts';
import { INTERNAL_ERROR, withRules } from '../../../../../support/local-cloud/struck-calls.ts';

describe('local cloud gateway: faults of listings', () => {
  const listed = (token?: string): AwsRequest =>
    aRequest({
      service: 'cognito-idp',
      action: 'ListUsers',
      params: { UserPoolId: 'p', ...(token === undefined ? {} : { PaginationToken: token }) },
    });
  const asked: unknown[] = [];
  const page = (request: AwsRequest): Promise<AwsResponse> => {
    asked.push(request.params['PaginationToken']);
    return Promise.resolve({
      status: 200,
      headers: {},
      body: Buffer.from(JSON.stringify({ Users: [{}], PaginationToken: 'next' })),
    });
  };
  const parsed = ({ body }: AwsResponse): Record<string, unknown> =>
    JSON.parse(body.toString('utf8')) as Record<string, unknown>;
  beforeEach(() => {
    asked.length = 0;
  });

  for (const token of [undefined, 'somewhere']) {
    it(`puts empty pages before the page ${token === undefined ? 'without a token' : 'of a token'}`, async () => {
      const intercept = withRules([{ fault: { kind: 'empty-page' }, times: 2 }]);
      const first = parsed(await intercept(listed(token), page));
      const empty = parsed(await intercept(listed(first['PaginationToken'] as string), page));
      expect(empty['PaginationToken']).to.not.equal(first['PaginationToken']);
      expect(empty['Users']).to.deep.equal([]);
      expect(asked).to.deep.equal([]);
      expect(parsed(await intercept(listed(empty['PaginationToken'] as string), page))).to.deep.equal({
        Users: [{}],
        PaginationToken: 'next',
      });
      expect(asked).to.deep.equal([token]);
    });
  }

  it('repeats the token of a page that has one', async () => {
    const intercept = withRules([{ fault: { kind: 'repeat-token' } }]);
    expect(parsed(await intercept(listed('here'), page))['PaginationToken']).to.equal('here');
    expect(parsed(await intercept(listed(), page))['PaginationToken']).to.equal('next');
  });

  it('chooses calls by whether they carry a token', async () => {
    const intercept = withRules([{ withToken: true, fault: INTERNAL_ERROR }]);
    expect((await intercept(listed(), page)).status).to.equal(200);
    expect((await intercept(listed('here'), page)).status).to.equal(500);
  });
});
