import { expect } from 'chai';
import { groupRolesInterceptor } from '../../../../../tools/local-cloud/gateway/group-roles.ts';
import type { AwsRequest } from '../../../../../tools/local-cloud/gateway/types.ts';
import { anAnswer, aRequest } from '../../../../support/local-cloud/gateway-request.ts';

const ROLE = 'arn:aws:iam::111122223333:role/admins';

describe('local cloud gateway: roles of groups', () => {
  const send = async (action: string, params: object, mayPass: boolean): Promise<readonly [number, AwsRequest[]]> => {
    const passed: AwsRequest[] = [];
    const request = aRequest({ service: 'cognito-idp', action, params: { UserPoolId: 'p', ...params } });
    const { status } = await groupRolesInterceptor(request, (one) => {
      passed.push(one);
      const asks = 'x-local-cloud-pass-role' in one.headers;
      return Promise.resolve({ ...anAnswer(), status: asks && !mayPass ? 400 : 200 });
    });
    return [status, passed];
  };

  for (const action of ['CreateGroup', 'UpdateGroup'])
    it(`17.4: ${action} with a role asks first whether the caller may pass it, and does nothing where not`, async () => {
      const [status, [asked, done, ...others]] = await send(action, { RoleArn: ROLE }, true);
      expect([status, others]).to.deep.equal([200, []]);
      expect(asked?.headers).to.include({ 'x-local-cloud-authorize-only': 'yes', 'x-local-cloud-pass-role': ROLE });
      expect(done?.headers).to.not.have.any.keys('x-local-cloud-authorize-only', 'x-local-cloud-pass-role');
      const [refused, asks] = await send(action, { RoleArn: ROLE }, false);
      expect([refused, asks.length]).to.deep.equal([400, 1]);
    });

  it('17.4: a group without a role, and other operations, pass as they are', async () => {
    for (const [action, params] of [
      ['CreateGroup', {}],
      ['GetGroup', { RoleArn: ROLE }],
    ] as const) {
      const [status, passed] = await send(action, params, false);
      expect([status, passed.length], action).to.deep.equal([200, 1]);
    }
  });
});
