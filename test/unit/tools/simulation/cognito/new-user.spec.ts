import { expect } from 'chai';
import { MemoryPool } from '../../../../../tools/simulation/cognito/memory-pool.ts';
import { newUser } from '../../../../../tools/simulation/cognito/new-user.ts';
import { PLAIN_SETTINGS } from '../../../../../tools/simulation/cognito/settings.ts';
import { aUser } from '../../../../support/world/builders.ts';

const given = {
  username: 'ann',
  attributes: { email: 'ann@example.test', email_verified: 'true' },
  status: 'FORCE_CHANGE_PASSWORD',
  now: Date.parse('2026-03-01T00:00:00Z'),
};
const INVALID = { refused: 'InvalidParameterException' };

describe('simulated Cognito: new users', () => {
  it('are enabled, have a sub that nobody has, and no attribute without a value', () => {
    const pool = new MemoryPool('eu-west-1_Pool', {});
    expect(newUser(pool, { ...given, attributes: { ...given.attributes, name: '' } })).to.have.property('sub');
    const ann = pool.find('ANN');
    expect(ann).to.deep.include({ username: 'ann', enabled: true, created: '2026-03-01T00:00:00.000Z' });
    expect(ann?.attributes).to.deep.equal({ ...given.attributes, sub: ann?.sub });
  });

  it('never get the sub of a user who was there before', () => {
    const earlier = new MemoryPool('eu-west-1_Pool', {});
    for (const username of ['a', 'b', 'c']) newUser(earlier, { ...given, username, attributes: {} });
    const pool = new MemoryPool('eu-west-1_Pool', {});
    for (const { user } of earlier.users.values()) pool.put(user);
    for (const username of ['d', 'e']) newUser(pool, { ...given, username, attributes: {} });
    expect(new Set([...pool.users.values()].map(({ user }) => user.sub)).size).to.equal(5);
  });

  it('are refused when the username is taken, by case only too where case does not count, or an alias is', () => {
    const pool = new MemoryPool('eu-west-1_Pool', { settings: { aliasAttributes: ['email'] } });
    expect(newUser(pool, given)).to.have.property('sub');
    expect(newUser(pool, { ...given, username: 'Ann', attributes: {} })).to.deep.equal({
      refused: 'UsernameExistsException',
    });
    expect(newUser(pool, { ...given, username: 'bob' })).to.deep.equal({ refused: 'AliasExistsException' });
    expect(newUser(pool, { ...given, username: 'bob', attributes: { email: 'ann@example.test' } })).to.have.property(
      'sub',
    );
    const exact = new MemoryPool('eu-west-1_Pool', { settings: { caseSensitive: true } });
    exact.put(aUser({ username: 'ann' }));
    expect(newUser(exact, { ...given, username: 'Ann' })).to.have.property('sub');
  });

  it('are refused with attributes outside the schema, those that Cognito sets itself, and odd usernames', () => {
    const pool = new MemoryPool('eu-west-1_Pool', {});
    for (const attributes of [{ 'custom:team': 'x' }, { sub: 'x' }, { identities: '[]' }])
      expect(newUser(pool, { ...given, attributes })).to.deep.equal(INVALID);
    for (const username of ['', 'a b', 'x'.repeat(129)])
      expect(newUser(pool, { ...given, username })).to.deep.equal(INVALID);
  });

  it('may lack a required attribute when an administrator creates them, not when a job imports them', () => {
    const schema = PLAIN_SETTINGS.schema.map((entry) =>
      entry.name === 'family_name' ? { ...entry, required: true } : entry,
    );
    const pool = new MemoryPool('eu-west-1_Pool', { settings: { schema } });
    expect(newUser(pool, { ...given, status: 'RESET_REQUIRED' })).to.deep.equal(INVALID);
    expect(newUser(pool, given)).to.have.property('sub');
  });

  it('have no preferred username yet where it is an alias, unless a job imports them', () => {
    const pool = new MemoryPool('eu-west-1_Pool', { settings: { aliasAttributes: ['preferred_username'] } });
    const attributes = { ...given.attributes, preferred_username: 'annie' };
    expect(newUser(pool, { ...given, attributes })).to.deep.equal(INVALID);
    expect(newUser(pool, { ...given, attributes, status: 'RESET_REQUIRED' })).to.have.property('sub');
  });

  it('are named by their sub where the address is the sign-in name', () => {
    const pool = new MemoryPool('eu-west-1_Pool', { settings: { usernameAttributes: ['email'] } });
    expect(newUser(pool, given)).to.deep.equal(INVALID);
    expect(newUser(pool, { ...given, username: 'ann@example.test' })).to.have.property('sub');
    const ann = pool.find('ann@example.test');
    expect(ann?.username).to.equal(ann?.sub);
  });
});
