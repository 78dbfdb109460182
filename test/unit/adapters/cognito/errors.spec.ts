import { expect } from 'chai';
import { userPoolReader } from '../../../../source/adapters/cognito/pool-reader.ts';
import { userPoolWriter } from '../../../../source/adapters/cognito/pool-writer.ts';
import { refusal } from '../../../support/aws-stub.ts';
import { adapterOptions, STUB_POOL, STUB_SECRET, stubOfSuite } from '../../../support/cognito-stub.ts';
import { rejection } from '../../../support/rejection.ts';

describe('Cognito adapters: refusals', () => {
  const stub = stubOfSuite();

  it("names what was refused by the product's errors, without Cognito's message", async () => {
    const reader = userPoolReader(adapterOptions());
    const writer = userPoolWriter(adapterOptions());
    const cases: [string, () => Promise<unknown>, string][] = [
      ['ResourceNotFoundException', () => reader.describe(STUB_POOL), 'UserPoolNotFound'],
      ['AccessDeniedException', () => reader.describe(STUB_POOL), 'AccessDenied'],
      ['AccessDeniedException', () => reader.mfaSettings(STUB_POOL), 'AccessDenied'],
      ['NotAuthorizedException', () => reader.listUsersPage(STUB_POOL, {}), 'AccessDenied'],
      ['OperationNotEnabledException', () => writer.createGroup(STUB_POOL, { name: 'g' }), 'AccessDenied'],
      ['InvalidParameterException', () => reader.listUsersPage(STUB_POOL, { filter: 'x' }), 'FilterRefused'],
      [
        'InvalidParameterException',
        () => reader.listUsersPage(STUB_POOL, { filter: 'x', token: 't' }),
        'InvalidPaginationToken',
      ],
      ['InvalidParameterException', () => reader.listUsersPage(STUB_POOL, {}), 'ServiceError'],
      ['UserPoolTaggingException', () => writer.disableUser(STUB_POOL, 'x'), 'ServiceError'],
    ];
    for (const [refused, call, expected] of cases) {
      stub.answer = () => refusal(refused, `User pool ${STUB_SECRET}`);
      const error = await rejection(call());
      expect(error.name, refused).to.equal(expected);
      expect(`${error.message} ${String(error.cause)}`).not.to.include(STUB_SECRET);
    }
  });

  it('17.2: tells whether somebody signs in by a name, and takes no refusal for an answer', async () => {
    const reader = userPoolReader(adapterOptions());
    stub.answer = () => ({ body: { Groups: [] } });
    expect(await reader.signsIn(STUB_POOL, STUB_SECRET)).to.equal('yes');
    expect(stub.requests.at(-1)?.json).to.deep.equal({ UserPoolId: STUB_POOL, Username: STUB_SECRET, Limit: 1 });
    for (const [refused, answer] of [
      ['UserNotFoundException', 'no'],
      ['InvalidParameterException', 'refused'],
      ['SerializationException', 'refused'],
      ['ValidationException', 'refused'],
      ['AccessDeniedException', 'refused'],
      ['NotAuthorizedException', 'refused'],
      ['OperationNotEnabledException', 'refused'],
    ] as const) {
      stub.answer = () => refusal(refused, STUB_SECRET);
      expect(await reader.signsIn(STUB_POOL, STUB_SECRET), refused).to.equal(answer);
    }
    for (const [refused, name] of [
      ['ResourceNotFoundException', 'UserPoolNotFound'],
      ['InternalErrorException', 'ServiceError'],
    ] as const) {
      stub.answer = () => refusal(refused, `User pool ${STUB_SECRET}`);
      const error = await rejection(reader.signsIn(STUB_POOL, STUB_SECRET));
      expect(error.name).to.equal(name);
      expect(error.message).to.not.include(STUB_SECRET);
    }
  });

  it('returns the sub of a user whom Cognito created', async () => {
    stub.answer = () => ({ body: { User: { Username: 'x', Attributes: [{ Name: 'sub', Value: 'new-sub' }] } } });
    expect(
      await userPoolWriter(adapterOptions()).createUser(STUB_POOL, {
        username: 'x',
        temporaryPassword: 'p',
        attributes: {},
      }),
    ).to.deep.equal({ sub: 'new-sub' });
  });

  it('returns refusals for one user by their name, and a group that is gone as an empty page', async () => {
    const writer = userPoolWriter(adapterOptions());
    stub.answer = () => refusal('UsernameExistsException', STUB_SECRET);
    expect(
      await writer.createUser(STUB_POOL, { username: 'x', temporaryPassword: 'p', attributes: { email: 'e' } }),
    ).to.deep.equal({ refused: 'UsernameExistsException' });
    expect(stub.requests[0]?.json).to.deep.equal({
      UserPoolId: STUB_POOL,
      Username: 'x',
      UserAttributes: [{ Name: 'email', Value: 'e' }],
      TemporaryPassword: 'p',
      MessageAction: 'SUPPRESS',
    });
    stub.answer = () => refusal('ResourceNotFoundException', 'Group not found.');
    expect(await writer.addUserToGroup(STUB_POOL, 'x', 'g')).to.deep.equal({ refused: 'ResourceNotFoundException' });
    expect(await userPoolReader(adapterOptions()).listUsersInGroupPage(STUB_POOL, 'g', {})).to.deep.equal({
      items: [],
    });
    stub.answer = () => refusal('ResourceNotFoundException', 'User pool eu-west-1_Source does not exist.');
    expect((await rejection(writer.addUserToGroup(STUB_POOL, 'x', 'g'))).name).to.equal('UserPoolNotFound');
  });

  it('17.8: a group of a name that Cognito does not take has no members; any other refused request is an error', async () => {
    const reader = userPoolReader(adapterOptions());
    for (const refused of ['InvalidParameterException', 'SerializationException', 'ValidationException']) {
      stub.answer = () => refusal(refused, STUB_SECRET);
      for (const name of ['by members only', 'x'.repeat(129), 'a\tb'])
        expect(await reader.listUsersInGroupPage(STUB_POOL, name, {}), name).to.deep.equal({ items: [] });
      expect((await rejection(reader.listUsersInGroupPage(STUB_POOL, 'staff', {}))).name).to.equal('ServiceError');
    }
    stub.answer = () => refusal('InternalErrorException', STUB_SECRET);
    expect((await rejection(reader.listUsersInGroupPage(STUB_POOL, 'by members only', {}))).name).to.equal(
      'ServiceError',
    );
  });
});
