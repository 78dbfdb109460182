import { expect } from 'chai';
import { membershipDigest, nameOf, userDigest } from '../../../../source/domain/comparison/matching.ts';
import type { Matching } from '../../../../source/domain/comparison/matching.ts';
import { aUser } from '../../../support/world/builders.ts';

const byName: Matching = { bySub: false, signInName: 'email', caseSensitive: false };
const ann = aUser({ username: 'one', attributes: { email: 'Ann@example.test' } });
const digest = (user: Parameters<typeof userDigest>[0], matching: Matching): string =>
  userDigest(user, matching).toString('hex');

describe('a user is recognized', () => {
  it('by the name at sign-in, in the form in which the pool compares names', () => {
    const again = { ...aUser({ username: 'two' }), attributes: { email: 'ann@EXAMPLE.test' } };
    expect(digest(again, byName)).to.equal(digest(ann, byName));
    const sensitive = { ...byName, caseSensitive: true };
    expect(digest(again, sensitive)).not.to.equal(digest(ann, sensitive));
    expect(digest({ ...ann, username: 'three' }, { ...byName, signInName: 'username' })).not.to.equal(
      digest(ann, { ...byName, signInName: 'username' }),
    );
  });

  it('by sub where that counts, or where there is no such name', () => {
    const bySub = { ...byName, bySub: true };
    expect(digest({ ...ann, attributes: {} }, bySub)).to.equal(digest(ann, bySub));
    const nameless = { ...ann, attributes: {} };
    expect(nameOf(nameless, byName)).to.equal('');
    expect(digest(nameless, byName)).to.equal(digest({ ...nameless, attributes: { email: '' } }, byName));
    expect(digest(nameless, byName)).not.to.equal(digest({ ...nameless, sub: 'another' }, byName));
  });

  it('as a member of a group whose name is always case-sensitive', () => {
    expect(membershipDigest('Staff', 'ann').equals(membershipDigest('staff', 'ann'))).to.equal(false);
  });
});
