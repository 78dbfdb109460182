import { expect } from 'chai';
import { Bitmap, DigestTable } from '../../../../source/domain/digests/digest-table.ts';
import {
  decodeExpectedMembership,
  decodeExpectedUser,
  encodeExpectedMembership,
  encodeExpectedUser,
  membershipDigest,
  MEMBERSHIP_RECORD_BYTES,
  nameDigest,
  userContentDigest,
  USER_RECORD_BYTES,
} from '../../../../source/domain/digests/expected.ts';

const SUB = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0';

describe('expected records', () => {
  it('come back as they were written', () => {
    const users = [
      {
        nameDigest: nameDigest('ann', true),
        contentDigest: userContentDigest({ attributes: { email: 'a' }, enabled: true }),
        sub: SUB,
        chunk: 3,
        line: 50_000,
      },
      {
        nameDigest: nameDigest('bob', true),
        contentDigest: userContentDigest({ attributes: {}, enabled: false }),
        sub: 'short',
        chunk: null,
        line: 7,
      },
    ];
    const records = Buffer.concat(users.map(encodeExpectedUser));
    expect(records).to.have.length(2 * USER_RECORD_BYTES);
    users.forEach((user, ordinal) => expect(decodeExpectedUser(records, ordinal)).to.deep.equal(user));
    const membership = { digest: membershipDigest('staff', 'ann', true), batch: 4_000_000_000 };
    expect(decodeExpectedMembership(encodeExpectedMembership(membership), 0)).to.deep.equal(membership);
  });

  it('refuse a sub that does not fit', () => {
    const user = {
      nameDigest: nameDigest('ann', true),
      contentDigest: nameDigest('', true),
      sub: `${SUB}0`,
      chunk: null,
      line: 0,
    };
    expect(() => encodeExpectedUser(user)).to.throw(RangeError, /37/);
  });

  it('fold names only where the pool does', () => {
    expect(nameDigest('Ann', false).equals(nameDigest('aNN', false))).to.equal(true);
    expect(nameDigest('Ann', true).equals(nameDigest('ann', true))).to.equal(false);
    expect(membershipDigest('Staff', 'ann', false).equals(membershipDigest('staff', 'ann', false))).to.equal(false);
  });

  it('compare everything but what no import can bring back', () => {
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

  it('are found by their digest, however many there are', () => {
    const names = Array.from({ length: 2_000 }, (_, n) => `user${n}`);
    const records = Buffer.concat(
      names.map((name, batch) => encodeExpectedMembership({ digest: membershipDigest('g', name, true), batch })),
    );
    const table = new DigestTable(records, MEMBERSHIP_RECORD_BYTES);
    names.forEach((name, ordinal) => expect(table.find(membershipDigest('g', name, true))).to.equal(ordinal));
    expect(table.find(membershipDigest('g', 'nobody', true))).to.equal(undefined);
    expect(new DigestTable(Buffer.alloc(0), MEMBERSHIP_RECORD_BYTES).find(nameDigest('x', true))).to.equal(undefined);
    expect(() => new DigestTable(records.subarray(1), MEMBERSHIP_RECORD_BYTES)).to.throw(RangeError);
  });

  it('are ticked off in a bitmap', () => {
    const seen = new Bitmap(20);
    for (const index of [0, 7, 8, 19]) seen.set(index);
    expect(Array.from({ length: 20 }, (_, n) => n).filter((index) => seen.has(index))).to.deep.equal([0, 7, 8, 19]);
  });
});
