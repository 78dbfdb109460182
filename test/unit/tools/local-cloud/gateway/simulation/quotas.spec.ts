import { expect } from 'chai';
import { quotaInterceptor } from '../../../../../../tools/local-cloud/gateway/simulation/quotas.ts';
import type { AwsRequest } from '../../../../../../tools/local-cloud/gateway/types.ts';
import { aRequest } from '../../../../../support/local-cloud/gateway-request.ts';
import { listUsers, succeed } from '../../../../../support/local-cloud/struck-calls.ts';

describe('local cloud gateway: quotas', () => {
  let time = 0;
  const statusOf = async (intercept: ReturnType<typeof quotaInterceptor>, request: AwsRequest): Promise<number> =>
    (await intercept(request, succeed)).status;
  const allowed = async (
    intercept: ReturnType<typeof quotaInterceptor>,
    request: AwsRequest,
    calls: number,
  ): Promise<number> => {
    let count = 0;
    for (let call = 0; call < calls; call += 1) if ((await statusOf(intercept, request)) === 200) count += 1;
    return count;
  };
  beforeEach(() => {
    time = 0;
  });

  it("grants a second's worth at once and refills evenly", async () => {
    const intercept = quotaInterceptor(true, () => time);
    expect(await allowed(intercept, listUsers, 40)).to.equal(30);
    time = 500;
    expect(await allowed(intercept, listUsers, 40)).to.equal(15);
  });

  it('counts the calls of one category together, and other Regions and categories apart', async () => {
    const intercept = quotaInterceptor(true, () => time);
    await allowed(intercept, listUsers, 30);
    expect(await statusOf(intercept, { ...listUsers, action: 'ListUsersInGroup' })).to.equal(400);
    expect(await statusOf(intercept, { ...listUsers, region: 'eu-west-1' })).to.equal(200);
    expect(await statusOf(intercept, { ...listUsers, action: 'AdminGetUser' })).to.equal(200);
  });

  it('limits some operations to 5 per second and pool', async () => {
    const intercept = quotaInterceptor(true, () => time);
    const createGroup = aRequest({ service: 'cognito-idp', action: 'CreateGroup', params: { UserPoolId: 'p' } });
    expect(await allowed(intercept, createGroup, 10)).to.equal(5);
    expect(await allowed(intercept, { ...createGroup, params: { UserPoolId: 'q' } }, 10)).to.equal(5);
  });

  it('takes other figures, and none', async () => {
    expect(
      await allowed(
        quotaInterceptor({ UserList: 3 }, () => time),
        listUsers,
        10,
      ),
    ).to.equal(3);
    expect(
      await allowed(
        quotaInterceptor(false, () => time),
        listUsers,
        100,
      ),
    ).to.equal(100);
  });
});
