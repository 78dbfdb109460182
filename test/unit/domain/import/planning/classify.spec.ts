import { expect } from 'chai';
import { classify } from '../../../../../source/domain/import/planning/classify.ts';
import type { Classified, Rules } from '../../../../../source/domain/import/planning/classify.ts';
import type { SpooledUser } from '../../../../../source/domain/import/planning/spooled-user.ts';

const RULES: Rules = {
  header: ['email', 'email_verified', 'custom:age', 'cognito:mfa_enabled', 'cognito:username'],
  mfaFlag: 'false',
  autoVerified: ['email'],
  signInName: 'username',
  schema: [
    { name: 'sub', type: 'String', mutable: false, required: true, min: '1', max: '2048' },
    { name: 'email', type: 'String', mutable: true, required: true, min: '0', max: '2048' },
    { name: 'custom:age', type: 'Number', mutable: true, required: false, min: '0', max: '150' },
  ],
  sourceSchema: [],
  sourceVerified: ['email'],
  aliases: [],
  restoreUnconfirmed: false,
  runStartedAt: '2026-03-01T00:00:00.000Z',
};
const USER: SpooledUser = {
  sub: 's-1',
  username: 'ann',
  attributes: { sub: 's-1', email: 'ann@example.test', email_verified: 'true' },
  enabled: true,
  status: 'CONFIRMED',
  created: '2025-01-01T00:00:00.000Z',
  groups: [],
};
const look = (user: Partial<SpooledUser>, rules: Partial<Rules> = {}): Classified =>
  classify({ ...USER, ...user }, { ...RULES, ...rules });
const reason = (classified: Classified): string =>
  classified.way === 'exclude' ? classified.excluded.reason : classified.way;
const attributes = (over: Record<string, string>): Partial<SpooledUser> => ({
  attributes: { ...USER.attributes, ...over },
});

const { sub: _sub, ...kept } = USER.attributes;

describe('classify', () => {
  it('imports without sub, identities and empty values', () => {
    expect(look({ ...attributes({ identities: '[]', 'custom:age': '' }), groups: ['staff'] })).to.deep.equal({
      way: 'csv',
      bytes: 'ann@example.test,true,,false,ann\n'.length,
      created: USER.created,
      user: {
        sub: 's-1',
        name: 'ann',
        attributes: { email: 'ann@example.test', email_verified: 'true' },
        enabled: true,
        status: 'CONFIRMED',
        groups: ['staff'],
      },
    });
  });

  it('leaves federated users out', () => expect(reason(look({ status: 'EXTERNAL_PROVIDER' }))).to.equal('Federated'));

  it('restores unconfirmed users only when asked', () => {
    expect(reason(look({ status: 'UNCONFIRMED' }))).to.equal('Unconfirmed');
    expect(reason(look({ status: 'UNCONFIRMED' }, { restoreUnconfirmed: true }))).to.equal('csv');
  });

  it('takes the name from the username attribute and misses it', () => {
    expect(look({}, { signInName: 'email' })).to.have.nested.property('user.name', 'ann@example.test');
    expect(reason(look({}, { signInName: 'phone_number' }))).to.equal('NoSignInName');
  });

  it('knows names that Cognito does not take', () => {
    for (const username of ['two words', 'tab\tname', 'x'.repeat(129)])
      expect(reason(look({ username }))).to.equal('BadUsername');
    for (const username of ['日本語', 'a+b@c.d', 'x'.repeat(128), '😀'])
      expect(reason(look({ username }))).to.equal('csv');
  });

  it('creates one by one who lacks an attribute that the pool requires, sub apart', () => {
    const user = { attributes: { email_verified: 'true' } };
    expect(look(user)).to.deep.include({ way: 'create', why: 'no email, which the pool requires' });
  });

  it('checks values against the new schema', () => {
    for (const age of ['151', '-1', 'old', ' ', 'Infinity', '0x10']) {
      const found = look(attributes({ 'custom:age': age }));
      expect(found, age).to.have.property('way', 'csv');
      expect(found).to.have.nested.property('lost[0].attribute', 'custom:age');
      expect(found).to.have.property('user').that.deep.includes({ attributes: kept });
    }
    expect(look(attributes({ 'custom:age': '150' })))
      .to.include({ way: 'csv' })
      .and.not.have.property('lost');
    expect(reason(look(attributes({ email: 'é'.repeat(2049) })))).to.equal('BadAttribute');
  });

  it('creates one by one whom the CSV cannot carry', () => {
    const user = attributes({ email_verified: 'false' });
    expect(look(user)).to.deep.include({ way: 'create', why: 'no verified email' });
  });
});
