import { expect } from 'chai';
import { differingAttributes, nameDigest, userContentDigest } from '../../../../source/domain/digests/user-content.ts';

describe('the content of a user', () => {
  it('has names that are folded only where the pool does', () => {
    expect(nameDigest('Ann', false).equals(nameDigest('aNN', false))).to.equal(true);
    expect(nameDigest('Ann', true).equals(nameDigest('ann', true))).to.equal(false);
  });

  it('is compared but for what no import can bring back', () => {
    const digest = (attributes: Record<string, string>, enabled = true): string =>
      userContentDigest({ attributes, enabled }).toString('hex');
    const plain = digest({ email: 'a', name: 'b' });
    expect(digest({ name: 'b', email: 'a', sub: 'x', identities: '[]', locale: '', email_verified: 'false' })).to.equal(
      plain,
    );
    expect(digest({ email: 'a', name: 'b', email_verified: 'true' })).not.to.equal(plain);
    for (const flag of ['True', 'TRUE'])
      expect(digest({ email: 'a', name: 'b', email_verified: flag })).to.equal(
        digest({ email: 'a', name: 'b', email_verified: 'true' }),
      );
    expect(digest({ email: 'a', name: 'b ' })).not.to.equal(plain);
    expect(digest({ email: 'a', name: 'b' }, false)).not.to.equal(plain);
  });

  it('tells which attributes differ, by the same rule', () => {
    const wanted = { sub: 'x', name: 'b', email: 'a', locale: '', email_verified: 'True' };
    const found = { sub: 'y', name: 'c', email: 'a', email_verified: 'true', zoneinfo: 'z', identities: '[]' };
    expect(differingAttributes(wanted, found)).to.deep.equal(['name', 'zoneinfo']);
    expect(differingAttributes(wanted, wanted)).to.deep.equal([]);
  });
});
