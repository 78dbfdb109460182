import { expect } from 'chai';
import {
  decodeExpectedMembership,
  decodeExpectedUser,
  encodeExpectedMembership,
  encodeExpectedUser,
  MEMBERSHIP_RECORD_BYTES,
  USER_RECORD_BYTES,
} from '../../../../source/domain/comparison/expected-records.ts';
import { membershipDigest } from '../../../../source/domain/comparison/matching.ts';
import { nameDigest, userContentDigest } from '../../../../source/domain/digests/user-content.ts';

const SUB = '0f1e2d3c-4b5a-4978-8695-a4b3c2d1e0f0';

describe('expected records', () => {
  it('come back as they were written', () => {
    const users = [
      {
        digest: nameDigest('ann', true),
        contentDigest: userContentDigest({ attributes: { email: 'a' }, enabled: true }),
        sub: SUB,
        own: [3, 50_000],
      },
      {
        digest: nameDigest('bob', true),
        contentDigest: userContentDigest({ attributes: {}, enabled: false }),
        sub: 'short',
        own: [-1, 4_000_000_000],
      },
    ] as const;
    const records = Buffer.concat(users.map(encodeExpectedUser));
    expect(records).to.have.length(2 * USER_RECORD_BYTES);
    users.forEach((user, ordinal) => expect(decodeExpectedUser(records, ordinal)).to.deep.equal(user));
    const membership = { digest: membershipDigest('staff', 'ann'), own: 4_000_000_000 };
    const record = encodeExpectedMembership(membership);
    expect(record).to.have.length(MEMBERSHIP_RECORD_BYTES);
    expect(decodeExpectedMembership(record, 0)).to.deep.equal(membership);
  });

  it('refuse a sub that does not fit', () => {
    const user = {
      digest: nameDigest('ann', true),
      contentDigest: nameDigest('', true),
      sub: `${SUB}0`,
      own: [0, 0],
    } as const;
    expect(() => encodeExpectedUser(user)).to.throw(RangeError, /37/);
  });
});
