import { expect } from 'chai';
import { userPoolWriter } from '../../../../source/adapters/cognito/pool-writer.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, stubOfSuite } from '../../../support/cognito-stub.ts';

describe('Cognito adapters: writing to a pool', () => {
  const stub = stubOfSuite();

  it('updates a group that exists, and never gives it a role', async () => {
    stub.answer = ({ action }) => (action === 'CreateGroup' ? refusal('GroupExistsException') : { body: {} });
    await userPoolWriter(adapterOptions()).createGroup(STUB_POOL, {
      name: 'g',
      description: 'd',
      precedence: 1,
      roleArn: 'arn',
    });
    expect(stub.requests.map(({ action, json }) => [action, json])).to.deep.equal([
      ['CreateGroup', { UserPoolId: STUB_POOL, GroupName: 'g', Description: 'd', Precedence: 1 }],
      ['UpdateGroup', { UserPoolId: STUB_POOL, GroupName: 'g', Description: 'd', Precedence: 1 }],
    ]);
  });
});
