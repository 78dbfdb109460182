import { expect } from 'chai';
import { userPoolWriter } from '../../../../source/adapters/cognito/pool-writer.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { rejection } from '../../../support/rejection.ts';
import { adapterOptions, STUB_POOL, stubOfSuite } from '../../../support/cognito-stub.ts';

describe('Cognito adapters: writing to a pool', () => {
  const stub = stubOfSuite();

  it('updates a group that exists; 17.4: with the role that it is given, and with none where it is given none', async () => {
    stub.answer = ({ action }) => (action === 'CreateGroup' ? refusal('GroupExistsException') : { body: {} });
    const group = { name: 'g', description: 'd', precedence: 1 };
    const sent = { UserPoolId: STUB_POOL, GroupName: 'g', Description: 'd', Precedence: 1 };
    await userPoolWriter(adapterOptions()).createGroup(STUB_POOL, group);
    await userPoolWriter(adapterOptions()).createGroup(STUB_POOL, { ...group, roleArn: 'arn' });
    expect(stub.requests.map(({ action, json }) => [action, json])).to.deep.equal([
      ['CreateGroup', sent],
      ['UpdateGroup', sent],
      ['CreateGroup', { ...sent, RoleArn: 'arn' }],
      ['UpdateGroup', { ...sent, RoleArn: 'arn' }],
    ]);
  });

  it('17.4: a role that may not be passed is a refusal of that group', async () => {
    const writer = userPoolWriter(adapterOptions());
    for (const refused of ['AccessDeniedException', 'NotAuthorizedException']) {
      stub.answer = ({ action }) => (action === 'CreateGroup' ? refusal(refused) : { body: { Recoveries: [] } });
      expect(await writer.createGroup(STUB_POOL, { name: 'g', roleArn: 'arn' })).to.deep.equal({ refused });
    }
  });

  it('E15: returns the refusal of one group by its name; what concerns the pool or the role is an error', async () => {
    const writer = userPoolWriter(adapterOptions());
    for (const refused of ['LimitExceededException', 'InvalidParameterException']) {
      stub.answer = () => refusal(refused);
      expect(await writer.createGroup(STUB_POOL, { name: 'g' })).to.deep.equal({ refused });
    }
    stub.answer = ({ action }) =>
      refusal(action === 'CreateGroup' ? 'GroupExistsException' : 'InvalidParameterException');
    expect(await writer.createGroup(STUB_POOL, { name: 'g' })).to.deep.equal({ refused: 'InvalidParameterException' });
    stub.answer = () => refusal('NotAuthorizedException');
    expect((await rejection(writer.createGroup(STUB_POOL, { name: 'g' }))).name).to.equal('AccessDenied');
  });

  it('E19: says which of the attributes a refusal names, and nothing else of its message', async () => {
    const writer = userPoolWriter(adapterOptions());
    const attributes = {
      email: 'secret@example.test',
      email_verified: 'true',
      phone_number: '5555550101',
      'custom:age': '7',
      birthdate: 'x',
      name: 'n',
    };
    for (const [message, named] of [
      ['Invalid phone number format.', ['phone_number']],
      ['Invalid email address format: secret@example.test', ['email']],
      ['Attributes did not conform to the schema: custom:age: must be a number', ['custom:age']],
      ['1 validation error detected: Value at birthdate failed', ['birthdate']],
      ['user.email_verified: Attribute value is not valid', ['email_verified']],
      ['Something is wrong.', undefined],
    ] as const) {
      stub.answer = () => refusal('InvalidParameterException', message);
      expect(
        await writer.createUser(STUB_POOL, { username: 'u', attributes, temporaryPassword: 'p' }),
        message,
      ).to.deep.equal({
        refused: 'InvalidParameterException',
        ...(named === undefined ? {} : { attributes: named }),
      });
    }
  });
});
